/**
 * How a run says that it is alive: one file a run in a directory shared by all harnesses of this machine, naming
 * the process that carries it out. Reapers and `clean` ask here before they remove anything. A file outlives a
 * killed harness; what it says is then found to be untrue, also after a reboot or when the pid was given anew.
 */
import { readFileSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { StrataError } from '../harness/foundation/errors.ts';
import { errnoOf } from './errno.ts';
import { makeSharedDirectory, namesIn, removeOwn } from './shared-directory.ts';
import { checkedName } from './object-names.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';

export interface KnownRun {
  readonly runId: string;
  readonly live: boolean;
  /** The process that carries, or carried, it out; null when its file cannot be read. */
  readonly process: ProcessIdentity | null;
}

export interface LiveRuns {
  /** Says that this process carries out the run, until disposed. A second process for one run is refused (E305). */
  readonly registerLiveRun: (runId: string) => Promise<AsyncDisposable>;
  readonly isLive: (runId: string) => boolean;
  /** Every run that said it was alive and did not say that it ended. */
  readonly listRuns: () => Promise<readonly KnownRun[]>;
  /** Forgets what killed harnesses of this user said, once their leftovers are gone. */
  readonly forgetDeadRun: (runId: string) => Promise<void>;
}

/** The live runs of this machine; tests give a directory of their own. */
export function liveRuns(directory = path.join(tmpdir(), 'strata-live')): LiveRuns {
  const fileOf = (runId: string) => path.join(directory, `${checkedName('run', runId)}.json`);
  const isLive = (runId: string) => {
    const known = readKnownRun(fileOf(runId), runId);
    return known?.live ?? false;
  };
  return {
    isLive,
    registerLiveRun: (runId) => register(directory, fileOf(runId), runId),
    listRuns: async () => {
      const runIds = (await namesIn(directory)).flatMap((name) => /^([^.].*)\.json$/.exec(name)?.[1] ?? []);
      return runIds.sort().flatMap((runId) => readKnownRun(fileOf(runId), runId) ?? []);
    },
    forgetDeadRun: async (runId) => {
      if (!isLive(runId)) await removeOwn(fileOf(runId));
    },
  };
}

export const { registerLiveRun, isLive, listRuns, forgetDeadRun } = liveRuns();

async function register(directory: string, file: string, runId: string): Promise<AsyncDisposable> {
  const draft = path.join(directory, `.${runId}.${process.pid}.draft`);
  const content = JSON.stringify({ runId, ...ownIdentity() });
  try {
    await makeSharedDirectory(directory);
    await writeFile(draft, content);
    await claim(draft, file, runId);
    await rm(draft, { force: true });
  } catch (cause) {
    // Best effort: what failed first is what has to be told.
    await rm(draft, { force: true }).catch(() => undefined);
    throw cause instanceof StrataError ? cause : notNoted(runId, directory, cause);
  }
  return {
    [Symbol.asyncDispose]: async () => {
      if (readText(file) === content) await rm(file, { force: true });
    },
  };
}

/** Linking is the atomic test-and-set: the file appears whole or not at all. */
async function claim(draft: string, file: string, runId: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    const holder = readKnownRun(file, runId);
    if (holder?.live === true) throw alreadyRunning(runId, holder);
    await rename(draft, file);
  }
}

function notNoted(runId: string, directory: string, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E306',
    message: `cannot note that run ${runId} is alive in ${directory}`,
    fix: `make ${directory} writable for this user, or set TMPDIR to a directory that is`,
    cause,
  });
}

function alreadyRunning(runId: string, holder: KnownRun): StrataError {
  const pid = holder.process?.pid;
  return new StrataError({
    code: 'STRATA-E305',
    message: `run ${runId} is being carried out by process ${pid ?? 'unknown'}`,
    fix: 'wait until it has ended, or end that process, and try again',
  });
}

/** Null when there is no such file. A file that cannot be understood counts as live: nobody may reap on a guess. */
function readKnownRun(file: string, runId: string): KnownRun | null {
  const content = readText(file);
  if (content === null) return null;
  const identity = parseIdentity(content);
  return { runId, process: identity, live: identity === null || isRunning(identity) };
}

function parseIdentity(content: string): ProcessIdentity | null {
  try {
    const { pid, startTicks, bootId, pidNamespace } = JSON.parse(content) as Record<string, unknown>;
    if (typeof pid !== 'number') return null;
    return {
      pid,
      startTicks: typeof startTicks === 'number' ? startTicks : null,
      bootId: typeof bootId === 'string' ? bootId : null,
      pidNamespace: typeof pidNamespace === 'string' ? pidNamespace : null,
    };
  } catch {
    return null;
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // There but unreadable, as a file of another user may be: not understood, hence live.
    return errnoOf(error) === 'ENOENT' ? null : '';
  }
}
