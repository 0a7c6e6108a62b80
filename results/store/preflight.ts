/** Finds out before the first trial whether results can be stored, by storing something. */
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';
import { writeWhole } from './durable.ts';
import { makeDirs } from './make-dirs.ts';
import { storageError } from './storage-error.ts';

/**
 * Makes `baseDir` where it is missing (and takes it away again when it will not do), writes a file durably and looks
 * at the free space.
 *
 * @throws StrataError E360 not writable, E361 too little space, E362 other failure of the file system
 */
export async function checkWritable(baseDir: string, neededBytes: number): Promise<void> {
  let made: string | undefined;
  try {
    made = await makeDirs(baseDir);
    await tryWriting(baseDir);
    await refuseTooLittle(baseDir, neededBytes);
  } catch (error) {
    if (made !== undefined) await rm(made, { recursive: true, force: true });
    throw storageError(error, 'store results', baseDir);
  }
}

async function tryWriting(baseDir: string): Promise<void> {
  const probeDir = await mkdtemp(join(baseDir, '.strata-probe-'));
  try {
    await writeWhole(join(probeDir, 'probe'), 'x'.repeat(4096));
  } finally {
    await rm(probeDir, { recursive: true, force: true });
  }
}

async function refuseTooLittle(baseDir: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(baseDir);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  throw new StrataError({
    code: 'STRATA-E361',
    message: `${baseDir} has ${megabytes(freeBytes)} free; this run needs about ${megabytes(neededBytes)}`,
    fix: 'free some space, choose another directory with --out, or plan fewer requests',
  });
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * An upper estimate of the space a run takes: the Parquet files of all trials, and the spool of the largest.
 *
 * @param samplesPerTrial one number a planned trial
 * @param extraColumns the workload's own columns
 */
export function estimateRunBytes(samplesPerTrial: readonly number[], extraColumns: number): number {
  const total = samplesPerTrial.reduce((sum, samples) => sum + samples, 0);
  const largest = samplesPerTrial.reduce((max, samples) => Math.max(max, samples), 0);
  const perTrialBytes = 64 * 1024;
  return (
    total * (20 + 5 * extraColumns) +
    largest * (48 + 8 * extraColumns) +
    samplesPerTrial.length * perTrialBytes
  );
}
