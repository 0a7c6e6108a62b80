/** The directories of a run on this machine. Each medium has one directory a run, marked as that run's. */
import { statfsSync } from 'node:fs';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { StorageMedium } from '../../harness/foundation/cell.ts';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import type { Leftover } from '../environment.ts';
import { errnoOf } from '../errno.ts';
import { markDirectory, markedDirectories, type RunDirectory } from '../run-mark.ts';
import { namesIn } from '../shared-directory.ts';

export interface NodeDirectories {
  readonly workDir: string;
  readonly dataDir: string;
  readonly tmpDir: string;
}

const markName = '.strata-run';
const prefix = 'strata-';
const ramBase = '/dev/shm';
const memoryFileSystems: ReadonlySet<number> = new Set([0x0102_1994, 0x8584_58f6]);

/** tmpfs or ramfs; false also for a directory that does not exist. */
export function isInMemory(directory: string): boolean {
  try {
    return memoryFileSystems.has(statfsSync(directory).type);
  } catch {
    return false;
  }
}

/** Where data directories of a medium go; throws E302 (ram) or E308 (disk) where there is no such place. */
export function mediumBase(medium: StorageMedium): string {
  if (medium === 'ram') {
    if (isInMemory(ramBase)) return ramBase;
    throw noMedium(
      'STRATA-E302',
      `${ramBase} is not a RAM disk`,
      'mount a tmpfs there, or take --store disk',
    );
  }
  const base = diskBase();
  if (base !== undefined) return base;
  const fix = 'set TMPDIR to a directory on a disk, or take --store ram';
  throw noMedium(
    'STRATA-E308',
    `${tmpdir()} and /var/tmp are RAM disks, so there is no disk to measure`,
    fix,
  );
}

/** The first usual place for temporary files that is not a RAM disk. */
export function diskBase(): string | undefined {
  return [tmpdir(), '/var/tmp'].find((candidate) => !isInMemory(candidate));
}

function noMedium(code: 'STRATA-E302' | 'STRATA-E308', message: string, fix: string): StrataError {
  return new StrataError({ code, message, fix });
}

/** Claims the trial's name in the run; throws when another start holds it. */
export async function claimTrialDirectory(runId: string, trialId: string): Promise<void> {
  const directory = path.join(await runDirectory(tmpdir(), runId), trialId);
  try {
    await mkdir(directory, { mode: 0o700 });
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E400',
      message: `cannot make ${directory} for trial ${trialId}`,
      fix: 'dispose the nodes of the trial before it is started again',
      cause,
    });
  }
}

/** Makes the directories of a node, all empty. */
export async function makeNodeDirectories(
  runId: string,
  trialId: string,
  node: string,
  medium: StorageMedium,
): Promise<NodeDirectories> {
  const data = path.join(await runDirectory(mediumBase(medium), runId), trialId, node);
  const own = path.join(await runDirectory(tmpdir(), runId), trialId, node);
  const [workDir, dataDir, tmpDir] = [path.join(own, 'work'), path.join(data, 'data'), path.join(own, 'tmp')];
  for (const directory of [own, data]) await mkdir(directory, { recursive: true, mode: 0o700 });
  for (const directory of [workDir, dataDir, tmpDir]) await mkdir(directory, { mode: 0o700 });
  return { workDir, dataDir, tmpDir };
}

/** Makes and marks the run's directory on every medium there is. */
export async function makeRunDirectories(runId: string): Promise<void> {
  const places = [tmpdir(), diskBase() ?? tmpdir(), ...(isInMemory(ramBase) ? [ramBase] : [])];
  for (const base of new Set(places)) await runDirectory(base, runId);
}

async function runDirectory(base: string, runId: string): Promise<string> {
  const directory = path.join(base, prefix + runId);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await markDirectory(directory, markName, runId);
  } catch (error) {
    throw new StrataError({
      code: 'STRATA-E301',
      message: `cannot make directories for the run in ${base}: ${asError(error).message}`,
      fix: `make ${base} writable for this user, or set TMPDIR to a directory that is`,
      cause: error,
    });
  }
  return directory;
}

/** Removes what belongs to one trial. */
export async function removeTrialDirectories(runId: string, trialId: string): Promise<void> {
  for (const base of bases()) {
    await rm(path.join(base, prefix + runId, trialId), { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Removes the run's directories once the last trial in them is gone. */
export async function removeEmptyRunDirectories(runId: string): Promise<void> {
  for (const base of bases()) {
    const directory = path.join(base, prefix + runId);
    const names = await namesIn(directory);
    if (names.some((name) => name !== markName)) continue;
    await rm(path.join(directory, markName), { force: true });
    await rmdir(directory).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTEMPTY') throw error;
    });
  }
}

/** Directories marked as a run's, on every medium. */
export async function markedRunDirectories(): Promise<RunDirectory[]> {
  return await markedDirectories(bases(), prefix, markName);
}

export async function reapDirectories(isLive: (runId: string) => boolean): Promise<Leftover[]> {
  const removed: Leftover[] = [];
  for (const { runId, directory } of await markedRunDirectories()) {
    if (isLive(runId)) continue;
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    removed.push({ kind: 'directory', name: directory, runId });
  }
  return removed;
}

function bases(): string[] {
  return [...new Set([tmpdir(), '/var/tmp', ramBase])];
}
