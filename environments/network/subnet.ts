/**
 * Choosing a private /24 for the network of a run that nothing on this host uses: containers and virtual machines
 * alike. Pure but for reading the routing table.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** An IPv4 network: `base` is its first address as a number. */
export interface Subnet {
  readonly base: number;
  readonly prefixLength: number;
}

/** Parses `10.1.2.0/24`; null for anything else, IPv6 included. */
export function parseSubnet(text: string): Subnet | null {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (match === null) return null;
  const [a = 0, b = 0, c = 0, d = 0, prefixLength = 0] = match.slice(1).map(Number);
  return { base: ((a * 256 + b) * 256 + c) * 256 + d, prefixLength };
}

export function formatSubnet({ base, prefixLength }: Subnet): string {
  return `${formatAddress(base)}/${prefixLength}`;
}

/** The address number `index` of the network. */
export function addressIn(subnet: Subnet, index: number): string {
  return formatAddress(subnet.base + index);
}

function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

export function overlaps(one: Subnet, other: Subnet): boolean {
  const size = 2 ** (32 - Math.min(one.prefixLength, other.prefixLength));
  return Math.floor(one.base / size) === Math.floor(other.base / size);
}

/** 10.200.0.0 – 10.254.255.0, which Docker's own pools and most private networks leave alone. */
const candidates = { firstBase: (10 * 256 + 200) * 65_536, count: 55 * 256 };

/**
 * The first free /24 from a place that depends on the run, so that runs starting together rarely meet.
 * Null when all are taken.
 */
export function chooseSubnet(runId: string, used: readonly Subnet[]): Subnet | null {
  const start = createHash('sha256').update(runId).digest().readUInt32BE(0) % candidates.count;
  for (let step = 0; step < candidates.count; step += 1) {
    const base = candidates.firstBase + ((start + step) % candidates.count) * 256;
    const candidate = { base, prefixLength: 24 };
    if (!used.some((taken) => overlaps(taken, candidate))) return candidate;
  }
  return null;
}

/** Networks this host routes to, without the default route. Empty where there is no /proc. */
export async function routedSubnets(): Promise<Subnet[]> {
  return parseRoutes(await readFile('/proc/net/route', 'utf8').catch(() => ''));
}

/** Lines of `/proc/net/route`: interface, destination, …, mask (8th), both as little-endian hex. */
export function parseRoutes(text: string): Subnet[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      const [destination, mask] = [fields[1], fields[7]];
      if (destination === undefined || mask === undefined) return [];
      const prefixLength = 32 - Math.log2(2 ** 32 - littleEndian(mask));
      return prefixLength === 0 ? [] : [{ base: littleEndian(destination), prefixLength }];
    });
}

function littleEndian(hex: string): number {
  return Buffer.from(hex, 'hex').readUInt32LE(0);
}
