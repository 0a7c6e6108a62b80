/**
 * Who a guest is, as the lines its init takes over the serial port. A clone wakes with the clock, random numbers,
 * names and keys of its template; each is replaced before anything of the workload runs. Pure.
 *
 * Two ways were measured for 15 clones of 512 MiB on two otherwise idle processors under software emulation, with the
 * same init in the guest, in turn, three rounds, from the first start until the last had its identity: these lines to
 * the resident init 1.7–2.0 s, a shell command through a resident qemu-guest-agent (date, hostname, mkdir, chmod and
 * three times ip; files and seed by the shell itself) 8.1–8.3 s, because each program is forked and executed under
 * emulation. Of both, 0.6–0.9 s is waking. One clone alone takes 0.1 s and 0.6 s for its identity. Addresses translated
 * by the host, with one network namespace a guest, would save one of the lines and cost 15 namespaces, so the guest
 * keeps its real address.
 *
 * With 15 woken at once a guest's clock is at most 0.2 s behind the host's, alone a few milliseconds: the time is that
 * of sending. The boot id needs no line: a guest makes it when it is first read, which nothing does in a template.
 */
import type { StorageMedium } from '../../harness/foundation/cell.ts';

/** Where a node's directories are in its guest: the same places as in a container. */
export const guestDirectories = { workDir: '/strata/work', dataDir: '/strata/data' };

export interface GuestInterface {
  /** `eth0` is the first network card, `eth1` the second. */
  readonly name: string;
  readonly mac: string;
  readonly address: string;
  readonly prefixLength: number;
}

export interface GuestFile {
  readonly path: string;
  readonly mode: number;
  readonly content: string;
}

export interface GuestIdentity {
  readonly hostname: string;
  readonly realtimeNs: bigint;
  /** Fresh random bytes, at most 64. */
  readonly seed: Uint8Array;
  readonly interfaces: readonly GuestInterface[];
  readonly files: readonly GuestFile[];
  /** Made anew: the node's program directory and its data directory on the asked medium. */
  readonly workDir: string;
  readonly dataDir: string;
  readonly storage: StorageMedium;
}

/** The clock first: what is made after it has the right time. Host names have at most 63 letters. */
export function identityLines(identity: GuestIdentity): string[] {
  const { hostname, realtimeNs, seed, interfaces, files, workDir, dataDir, storage } = identity;
  return [
    `clock ${realtimeNs}`,
    `seed ${Buffer.from(seed).toString('hex')}`,
    `hostname ${hostname.slice(0, 63)}`,
    ...files.map(fileLine),
    `directory ${workDir}`,
    `${storage === 'ram' ? 'tmpfs' : 'directory'} ${dataDir}`,
    ...interfaces.map(interfaceLine),
  ];
}

function interfaceLine({ name, mac, address, prefixLength }: GuestInterface): string {
  return `interface ${name} ${mac} ${address}/${prefixLength}`;
}

function fileLine({ path, mode, content }: GuestFile): string {
  return `file ${path} ${mode.toString(8)} ${Buffer.from(content).toString('hex')}`;
}

/** A locally administered address of its own for every node of every run. */
export function macAddress(prefix: Uint8Array, index: number): string {
  const bytes = [0x02, prefix[0] ?? 0, prefix[1] ?? 0, prefix[2] ?? 0, (index >> 8) & 255, index & 255];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
