/**
 * Ports handed out so that no two harnesses on this machine hand out the same one: one file a port in a shared
 * directory, linked into place (atomic), naming the run that holds it. The range is outside the one the kernel
 * takes ports of outgoing connections from, so that a connection cannot sit on a port before its server starts.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import type { Leftover } from '../environment.ts';
import { errnoOf } from '../errno.ts';
import { makeSharedDirectory, namesIn, removeOwn } from '../shared-directory.ts';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** The ports one run holds. Disposing gives all of them back. */
export interface PortLeases extends AsyncDisposable {
  /** A port nobody listens on and nobody else holds. */
  readonly take: () => Promise<number>;
  readonly giveBack: (ports: Iterable<number>) => Promise<void>;
}

export const defaultLeaseDirectory = (): string => path.join(tmpdir(), 'strata-ports');

export async function openPortLeases(
  runId: string,
  directory = defaultLeaseDirectory(),
  range = leasableRange(),
): Promise<PortLeases> {
  const owner = path.join(directory, `owner-${runId}-${randomUUID()}`);
  await prepareDirectory(directory, owner, runId);
  const held = new Set<number>();
  // A random start spreads the runs; going on from the last one keeps a port cool after it was given back.
  let cursor = Math.floor(Math.random() * size(range));

  const take = async () => {
    for (let tried = 0; tried < size(range); tried += 1) {
      const port = range.first + (cursor++ % size(range));
      if (held.has(port) || !(await claim(owner, path.join(directory, String(port))))) continue;
      held.add(port);
      if (await nobodyListensOn(port)) return port;
      await giveBack([port]);
    }
    throw noPortLeft(directory, range);
  };
  const giveBack = async (ports: Iterable<number>) => {
    for (const port of ports) {
      if (held.delete(port)) await rm(path.join(directory, String(port)), { force: true });
    }
  };
  return {
    take,
    giveBack,
    [Symbol.asyncDispose]: async () => {
      await giveBack([...held]);
      await rm(owner, { force: true });
    },
  };
}

/**
 * Removes the leases of runs that are not live. Those of this process stay: two environments of one run each reap what
 * a killed process left under the run's id, and must not take each other's. Those of other users stay too.
 */
export async function reapPortLeases(
  isLive: (runId: string) => boolean,
  directory = defaultLeaseDirectory(),
  ownPid = process.pid,
): Promise<Leftover[]> {
  const removed: Leftover[] = [];
  for (const name of await namesIn(directory)) {
    const file = path.join(directory, name);
    const holder = await holderOf(file);
    if (holder === null || holder.pid === ownPid || isLive(holder.runId)) continue;
    if (!(await removeOwn(file))) continue;
    if (/^\d+$/.test(name)) removed.push({ kind: 'port-lease', name, runId: holder.runId });
  }
  return removed;
}

/** The ports that a run holds, as seen by anyone. */
export async function leasedPorts(runId: string, directory = defaultLeaseDirectory()): Promise<string[]> {
  const names: string[] = [];
  for (const name of await namesIn(directory)) {
    if ((await holderOf(path.join(directory, name)))?.runId === runId) names.push(name);
  }
  return names;
}

/** The larger of the two stretches beside the ephemeral range (Linux: 32768–60999 where it cannot be read). */
export function leasableRange(ephemeral = ephemeralRange()): PortRange {
  const below = { first: 10_240, last: ephemeral.first - 1 };
  const above = { first: Math.max(ephemeral.last + 1, 10_240), last: 65_535 };
  const larger = size(below) >= size(above) ? below : above;
  // Where the whole range is ephemeral there is no better choice than to share it; the bind test remains.
  return size(larger) >= 256 ? larger : { first: 10_240, last: 65_535 };
}

function ephemeralRange(): PortRange {
  try {
    const text = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    const [first, last] = text.trim().split(/\s+/).map(Number);
    if (first !== undefined && last !== undefined && first < last) return { first, last };
  } catch {
    // No /proc: the usual range of Linux is assumed.
  }
  return { first: 32_768, last: 60_999 };
}

function size(range: PortRange): number {
  return Math.max(0, range.last - range.first + 1);
}

async function prepareDirectory(directory: string, owner: string, runId: string): Promise<void> {
  try {
    await makeSharedDirectory(directory);
    await writeFile(owner, JSON.stringify({ runId, pid: process.pid }));
  } catch (error) {
    throw new StrataError({
      code: 'STRATA-E307',
      message: `cannot keep port leases in ${directory}`,
      fix: `make ${directory} writable for this user, or set TMPDIR to a directory that is`,
      cause: error,
    });
  }
}

async function claim(owner: string, lease: string): Promise<boolean> {
  try {
    await link(owner, lease);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}

interface LeaseHolder {
  readonly runId: string;
  readonly pid: unknown;
}

async function holderOf(file: string): Promise<LeaseHolder | null> {
  try {
    const { runId, pid } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    return typeof runId === 'string' ? { runId, pid } : null;
  } catch {
    return null;
  }
}

function nobodyListensOn(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (errnoOf(error) === 'EADDRINUSE' || errnoOf(error) === 'EACCES') resolve(false);
      else reject(asError(error));
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function noPortLeft(directory: string, range: PortRange): StrataError {
  return new StrataError({
    code: 'STRATA-E405',
    message: `every port from ${range.first} to ${range.last} is leased or in use`,
    fix: `run \`strata clean\` to give back the leases of dead runs in ${directory}`,
  });
}
