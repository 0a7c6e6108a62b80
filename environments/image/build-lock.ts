/**
 * Keeps two runs from doing the same long work at once: building the root filesystem, importing it. The lock saves
 * work, it does not guard data: each builder writes files of its own and renames them, so two at once do no harm.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { waitFor } from '../../harness/foundation/deadline.ts';
import { errnoOf } from '../errno.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from '../process-identity.ts';

export interface LockOwner {
  readonly process: ProcessIdentity;
  readonly sinceIso: string;
}

export interface LockRequest {
  readonly path: string;
  /** The work in words: "building the root filesystem". */
  readonly work: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Told once when another live process holds the lock. */
  readonly progress: (message: string) => void;
}

/** Waits until this process holds the lock (E318 at the deadline). A lock whose owner is dead is taken over. */
export async function acquireBuildLock(request: LockRequest): Promise<AsyncDisposable> {
  const { path, work, timeoutMs, signal } = request;
  const own: LockOwner = { process: ownIdentity(), sinceIso: new Date().toISOString() };
  const draft = `${path}.${randomUUID()}`;
  const fix = `see which process it is: cat '${path}'; if it is no run of strata, remove the file`;
  const what = `another process to end ${work} (lock ${path})`;
  await writeFile(draft, JSON.stringify(own));
  const attempt = lockAttempt(draft, request);
  try {
    await waitFor({ what, timeoutMs, signal, code: 'STRATA-E318', fix, intervalMs: 200 }, attempt);
  } finally {
    await rm(draft, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
}

function lockAttempt(draft: string, { path, work, progress }: LockRequest): () => Promise<true | undefined> {
  let announced = false;
  return async () => {
    if (await tryLink(draft, path)) return true;
    const owner = await readLock(path);
    if (owner === null || !isRunning(owner.process)) await rm(path, { force: true });
    else if (!announced) {
      announced = true;
      progress(`waiting for process ${owner.process.pid}, which has been ${work} since ${owner.sinceIso}`);
    }
    return undefined;
  };
}

/** Who took the lock; null when there is none or the file is not a lock. */
export async function readLock(path: string): Promise<LockOwner | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    const { process, sinceIso } = JSON.parse(text) as Partial<LockOwner>;
    if (typeof process?.pid !== 'number' || typeof sinceIso !== 'string') return null;
    return { process, sinceIso };
  } catch {
    return null;
  }
}

/** A hard link appears with its content at once, which creating and then writing a file does not. */
async function tryLink(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  }
}
