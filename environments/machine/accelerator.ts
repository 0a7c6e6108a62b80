/**
 * Decides who executes the guests' instructions: KVM where a probe boot under it succeeds, else QEMU's translator.
 * The choice goes into the manifest with its reason, because results of different accelerators must not be compared.
 */
import { open } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { asError } from '../../harness/foundation/errors.ts';
import { errnoOf } from '../errno.ts';
import type { Accelerator } from './machine-spec.ts';
import { bootProbe, type ProbeOutcome } from './probe-boot.ts';
import { circumstancesKey, readVerdict, verdictFile, writeVerdict } from './probe-verdict.ts';
import { findQemu, type Qemu } from './qemu-version.ts';
import { translationBufferMiB } from './shape.ts';

export interface AcceleratorRequest {
  readonly kernel: string;
  readonly initrd: string;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
  /** Absolute; made when it is not there. */
  readonly cacheDir: string;
  /** The one in PATH unless told. */
  readonly qemu?: Qemu;
  readonly kvmDevice?: string;
}

/** `accelerator.kind`, `cpuModel` and `reason` are facts for the manifest. */
export interface AcceleratorChoice {
  readonly accelerator: Accelerator;
  /** As after `-cpu`. */
  readonly cpuModel: string;
  /** Why this one, as a sentence without its full stop. */
  readonly reason: string;
}

/**
 * With QEMU 7.2 and a 6.12 kernel the translation of cmpxchg16b is broken: guests with any model that has it died of
 * "PANIC: double fault" or hung, 2 of 7 and 4 of 4 boots; without it 8 of 8 came up. QEMU 10.0 boots any model, and
 * still gets this one: `max` would gain nothing measured, and one model keeps results under TCG comparable.
 */
export const translator = {
  kind: 'tcg',
  cpuModel: 'qemu64,-cx16',
  translationBufferMiB,
} as const satisfies Accelerator;

const probeLimitMs = 10_000;

/** Throws E320 without QEMU; that KVM cannot be used is no error but a reason. */
export async function chooseAccelerator(request: AcceleratorRequest): Promise<AcceleratorChoice> {
  const obstacle = await whyNotOpened(request.kvmDevice);
  if (obstacle !== null) return translated(obstacle);
  const outcome = await probeOnce(request);
  if (!outcome.works) return translated(`${outcome.reason} (remembered in ${verdictFile(request.cacheDir)})`);
  const reason = `a guest booted under KVM and powered off after ${(outcome.bootMs / 1000).toFixed(1)} s`;
  return { accelerator: { kind: 'kvm' }, cpuModel: 'host', reason };
}

function translated(why: string): AcceleratorChoice {
  return { accelerator: translator, cpuModel: translator.cpuModel, reason: `KVM was not used: ${why}` };
}

/** In words, with the fix where there is one; null when the device opens. */
export async function whyNotOpened(device = '/dev/kvm'): Promise<string | null> {
  try {
    const file = await open(device, 'r+');
    await file.close();
    return null;
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT')
      return `there is no ${device}: the host has no virtualization or does not pass it on`;
    if (errno !== 'EACCES' && errno !== 'EPERM')
      return `${device} cannot be opened: ${asError(error).message}`;
    return `no permission to open ${device}: ${howToBeLetIn()}`;
  }
}

function howToBeLetIn(): string {
  try {
    return `sudo usermod -aG kvm ${userInfo().username}, then log in anew`;
  } catch {
    // In a container the user may have a number and no name.
    return `let uid ${process.getuid?.() ?? 'unknown'} read and write it, as members of the group kvm may`;
  }
}

async function probeOnce(request: AcceleratorRequest): Promise<ProbeOutcome> {
  const { kernel, initrd, signal, progress, cacheDir } = request;
  const qemu = request.qemu ?? (await findQemu(signal));
  const key = await circumstancesKey({ qemuVersion: qemu.system.version, kernel, initrd });
  const known = await readVerdict(cacheDir, key);
  if (known !== null) return known;
  progress(`trying whether KVM works: booting a guest, at most ${probeLimitMs / 1000} s`);
  const accelerator: Accelerator = { kind: 'kvm' };
  const probe = { program: qemu.system.path, accelerator, kernel, initrd, limitMs: probeLimitMs, signal };
  const outcome = await bootProbe(probe);
  await writeVerdict(cacheDir, key, outcome).catch((error: unknown) => {
    progress(`what the probe found cannot be remembered in ${cacheDir}: ${asError(error).message}`);
  });
  return outcome;
}
