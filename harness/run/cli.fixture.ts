/** Starts strata as a user would, in a process of its own, with results in a directory that is removed. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeSharedDirectory } from '../../environments/shared-directory.ts';
import { waitFor } from '../foundation/deadline.ts';
import type { TrialRecord } from '../../results/store/records.ts';

const checkout = join(import.meta.dirname, '..', '..');

export const hasEtcd = spawnSync('etcd', ['--version']).status === 0;

export interface Finished {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

type Variables = Readonly<Record<string, string>>;

/** Runs `strata <words>` to its end. */
export async function strata(words: readonly string[], env: Variables = {}): Promise<Finished> {
  const { exitCode, stdout, stderr } = await startStrata(words, env);
  return { exitCode, stdout, stderr };
}

/** A running strata; await it for its end. */
export function startStrata(words: readonly string[], env: Variables = {}) {
  return execa('node', ['--import', 'tsx', 'harness/cli/main.ts', ...words], {
    cwd: checkout,
    reject: false,
    env: { NO_COLOR: '1', ...env },
  });
}

/** What all runs of this machine share: that a run is alive must stay known to every other run and to every reaper. */
const sharedNames = ['strata-live', 'strata-ports'];

/** A temporary directory of its own, so that what a run leaves there can be told from what others do. */
export async function temporaryDir() {
  const path = await mkdtemp(join(tmpdir(), 'strata-tmp-'));
  for (const name of sharedNames) {
    await makeSharedDirectory(join(tmpdir(), name));
    await symlink(join(tmpdir(), name), join(path, name));
  }
  return {
    env: { TMPDIR: path },
    /** Names in it that neither all runs share nor Node.js and tsx keep as their cache. */
    left: async () => {
      const names = await readdir(path);
      return names.filter((name) => !sharedNames.includes(name) && !/^(tsx-|node-compile-cache)/.test(name));
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** A results directory whose name would break careless quoting. */
export async function resultsDir() {
  const path = await mkdtemp(join(tmpdir(), 'strata rêsults ✓-'));
  return {
    path,
    runIds: async () => (await readdir(path)).filter((name) => /^\d{8}-\d{6}-/.test(name)),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export async function storedTrials(baseDir: string, runId: string): Promise<readonly TrialRecord[]> {
  const text = await readFile(join(baseDir, runId, 'trials.ndjson'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TrialRecord);
}

/** Waits until the only run below `baseDir` has stored `count` trials; gives its id. */
export async function untilTrialsStored(results: Awaited<ReturnType<typeof resultsDir>>, count: number) {
  const { signal } = new AbortController();
  const what = `${count} stored trials`;
  return await waitFor({ what, timeoutMs: 60_000, signal, code: 'STRATA-E100', fix: 'none' }, async () => {
    const [runId] = await results.runIds();
    if (runId === undefined) return undefined;
    return (await storedTrials(results.path, runId)).length >= count ? runId : undefined;
  });
}
