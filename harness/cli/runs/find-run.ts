/** From what a user types for a run to its directory: a path, a run id, the beginning of one, or `latest`. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runIdPattern } from '../../../results/store/run-id.ts';
import { StrataError } from '../../foundation/errors.ts';

export const dataDir = join('results', 'data');

/** Ids of all runs in a directory, oldest first; none when there is no such directory. */
export async function runIds(baseDir: string): Promise<readonly string[]> {
  const names = await readdir(baseDir).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => runIdPattern.test(name)).sort();
}

/** @throws StrataError E255 when no run, or more than one, is meant. A path is taken as it is. */
export async function findRun(word: string, baseDir: string): Promise<string> {
  const isDirectory = await stat(word).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isDirectory || word.includes('/')) return word;
  const ids = await runIds(baseDir);
  const last = ids.at(-1);
  if (word === 'latest' && last !== undefined) return join(baseDir, last);
  const matching = ids.filter((id) => id.startsWith(word));
  const [only] = matching;
  if (only !== undefined && matching.length === 1) return join(baseDir, only);
  throw new StrataError({
    code: 'STRATA-E255',
    message:
      matching.length > 1
        ? `"${word}" fits ${matching.length} runs: ${matching.slice(0, 5).join(', ')}`
        : `there is no run "${word}" in ${baseDir}`,
    fix:
      ids.length === 0
        ? 'make a first run: npm run bench'
        : `npm run bench -- list shows all ${ids.length} runs; "latest" is ${last ?? ''}`,
  });
}
