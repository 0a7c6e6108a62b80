/** Finding and removing links. Found through the file system: no process, no rights, any number of links. */
import { randomInt } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { namesIn } from '../shared-directory.ts';
import { tryIpBatch, type Refusal } from './ip.ts';
import { runIdIn } from './link-names.ts';

export interface RunLink {
  readonly name: string;
  readonly runId: string;
}

/** Every link with the alias of a run. None where there is no /sys. */
export async function runLinks(directory = '/sys/class/net'): Promise<RunLink[]> {
  const links = await Promise.all(
    (await namesIn(directory)).map(async (name) => {
      // A link may vanish between the two reads.
      const alias = await readFile(path.join(directory, name, 'ifalias'), 'utf8').catch(() => '');
      const runId = runIdIn(alias);
      return runId === null ? [] : [{ name, runId }];
    }),
  );
  return links.flat();
}

/**
 * Removes links; those that are gone already are no error. Returns the first refusal. The kernel waits some 20 ms
 * for each link removed alone (15 taps: 313 ms), but once only for a group (47 ms), so they become a group first.
 */
export async function removeLinksNamed(
  names: readonly string[],
  signal: AbortSignal,
): Promise<Refusal | null> {
  const present = new Set(await namesIn('/sys/class/net'));
  const doomed = names.filter((name) => present.has(name));
  if (doomed.length === 0) return null;
  // Groups below 256 have names on some systems; none is known up here.
  const group = randomInt(2 ** 29, 2 ** 30);
  const commands = [
    ...doomed.map((name) => `link set dev ${name} group ${group}`),
    `link del group ${group}`,
  ];
  return tryIpBatch(commands, { signal, force: true });
}
