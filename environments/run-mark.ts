/**
 * How a directory on this host says which run it belongs to, so that a reaper never takes a directory of somebody else
 * for one of strata's: by a symbolic link in it that points at the run's id. A link appears whole or not at all, where
 * a file is empty for a moment: a harness may be killed at any instant.
 */
import { readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf } from './errno.ts';
import { listRuns } from './live-runs.ts';
import { namesIn } from './shared-directory.ts';

/** Marks a directory; one that is marked keeps its mark. */
export async function markDirectory(directory: string, markName: string, runId: string): Promise<void> {
  try {
    await symlink(runId, path.join(directory, markName));
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
}

export interface RunDirectory {
  readonly runId: string;
  readonly directory: string;
}

/**
 * The directories in `places` that are named by `prefix` and a run's id and marked as that run's. An empty one is a
 * run's, too, when that run is known: it was killed when it had just made the directory, or just removed the mark.
 */
export async function markedDirectories(
  places: Iterable<string>,
  prefix: string,
  markName: string,
): Promise<RunDirectory[]> {
  const found: RunDirectory[] = [];
  const known = new Set((await listRuns()).map(({ runId }) => runId));
  for (const place of new Set(places)) {
    for (const name of await namesIn(place)) {
      if (!name.startsWith(prefix)) continue;
      const candidate = { runId: name.slice(prefix.length), directory: path.join(place, name) };
      if (await belongsToItsRun(candidate, markName, known)) found.push(candidate);
    }
  }
  return found;
}

async function belongsToItsRun(
  { directory, runId }: RunDirectory,
  markName: string,
  known: ReadonlySet<string>,
): Promise<boolean> {
  const marked = await readlink(path.join(directory, markName)).catch(() => null);
  if (marked !== null) return marked === runId;
  if (!known.has(runId)) return false;
  // A file, or another user's: not ours.
  const names = await namesIn(directory).catch(() => null);
  return names?.length === 0;
}
