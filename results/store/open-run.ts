/** Reads a run directory, whole or killed, and says what it is when it cannot be one. */
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import type { StoppingDecision } from '../../harness/foundation/stopping.ts';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import { firstIssue, parseLines } from './ndjson.ts';
import { schemaVersion, type Manifest, type NoiseRecord, type TrialRecord } from './records.ts';
import { manifestSchema, noiseRecordSchema, trialRecordSchema } from './schemas.ts';
import { stoppingDecisionSchema } from './stopping-schema.ts';
import { storageError } from './storage-error.ts';

export interface StoredRun {
  readonly path: string;
  readonly manifest: Manifest;
  /** All attempts in the order they were stored. */
  readonly trials: readonly TrialRecord[];
  readonly noise: readonly NoiseRecord[];
  /** After each block of a run that ends when its intervals are narrow; else empty. */
  readonly stopping: readonly StoppingDecision[];
  readonly warnings: readonly StoreWarning[];
  /** Length of the part of each file that holds whole lines. */
  readonly trialsBytes: number;
  readonly noiseBytes: number;
  readonly stoppingBytes: number;
}

/** Something a reader of the results should know; nothing was lost that had been stored. */
export interface StoreWarning {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

/**
 * Changes nothing on disk.
 *
 * @throws StrataError E260 no run directory, E261 damaged manifest, E262 of a newer schema, E263 damaged records
 */
export async function openRunDir(path: string): Promise<StoredRun> {
  const manifest = await readManifest(path);
  const trials = await readLines(join(path, 'trials.ndjson'), trialRecordSchema);
  const noise = await readLines(join(path, 'noise.ndjson'), noiseRecordSchema);
  const stopping = await readStopping(path);
  refuseUnplanned(manifest, trials.records, path);
  return {
    path,
    manifest,
    trials: trials.records,
    noise: noise.records,
    stopping: stopping.records,
    warnings: [...trials.warnings, ...noise.warnings, ...stopping.warnings],
    trialsBytes: trials.wholeBytes,
    noiseBytes: noise.wholeBytes,
    stoppingBytes: stopping.wholeBytes,
  };
}

async function readManifest(path: string): Promise<Manifest> {
  const file = join(path, 'manifest.json');
  const text = await readFile(file, 'utf8').catch(async (error: unknown) => {
    throw await notARun(path, asError(error));
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damagedManifest(file, asError(error).message, error);
  }
  refuseNewer(value, file);
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) throw damagedManifest(file, firstIssue(parsed.error), parsed.error);
  return parsed.data;
}

/** Tells a path that is not there from a directory that is something else. */
async function notARun(path: string, cause: Error): Promise<StrataError> {
  if ('code' in cause && cause.code !== 'ENOENT' && cause.code !== 'ENOTDIR')
    return storageError(cause, 'read the run', path);
  const found = await readdir(path).then(
    (names) => (names.length === 0 ? 'it is empty' : `it holds ${names.slice(0, 5).join(', ')}`),
    (error: unknown) => (asError(error).message.startsWith('ENOTDIR') ? 'it is a file' : 'it does not exist'),
  );
  return new StrataError({
    code: 'STRATA-E260',
    message: `${path} is not a run directory: it has no manifest.json (${found})`,
    fix: 'give the path of a run directory as printed at the end of a run: results/data/<run-id>',
    cause,
  });
}

function damagedManifest(file: string, what: string, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E261',
    message: `${file} is damaged or not from strata: ${what}`,
    fix: 'restore it from a backup, or start a new run; the samples beside it can still be read by any Parquet reader',
    cause,
  });
}

function refuseNewer(value: unknown, file: string): void {
  if (typeof value !== 'object' || value === null || !('schemaVersion' in value)) return;
  const found = value.schemaVersion;
  if (typeof found !== 'number' || found <= schemaVersion) return;
  throw new StrataError({
    code: 'STRATA-E262',
    message: `${file} has schema version ${found}; this strata reads up to version ${schemaVersion}`,
    fix: 'use the version of strata that made the run (manifest.json: strataVersion), or a newer one',
  });
}

/** Only runs with a stopping rule have the file. */
async function readStopping(path: string) {
  const file = join(path, 'stopping.ndjson');
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (isThere) return await readLines(file, stoppingDecisionSchema);
  return { records: [], warnings: [], wholeBytes: 0 };
}

async function readLines<T>(path: string, schema: z.ZodType<T>) {
  const content = await readFile(path).catch((error: unknown) => {
    throw new StrataError({
      code: 'STRATA-E261',
      message: `${path} cannot be read, so the run is incomplete`,
      fix: 'restore it from a backup, or start a new run',
      cause: error,
    });
  });
  const lines = parseLines(content, schema, path);
  return { ...lines, warnings: lines.tornBytes === 0 ? [] : [tornWarning(path, lines.tornBytes)] };
}

function tornWarning(path: string, tornBytes: number): StoreWarning {
  return {
    code: 'torn-record',
    message: `the last ${tornBytes} bytes of ${path} are not a whole line and were left out: a kill tore the record`,
    advice: 'nothing that had been stored is lost; --resume repeats the trial',
  };
}

function refuseUnplanned(manifest: Manifest, trials: readonly TrialRecord[], path: string): void {
  const planned = new Set(manifest.plan.map(({ id }) => id));
  const index = trials.findIndex(({ trialId }) => !planned.has(trialId));
  if (index < 0) return;
  throw new StrataError({
    code: 'STRATA-E263',
    message: `${join(path, 'trials.ndjson')}:${index + 1} is a record of trial ${trials[index]?.trialId ?? ''}, which the plan does not have`,
    fix: 'manifest.json and trials.ndjson are from different runs: restore both from the same backup',
  });
}
