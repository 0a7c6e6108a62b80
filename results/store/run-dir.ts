/**
 * The directory of one run: made once, read by anyone at any time, continued by at most one. Reading changes nothing,
 * so that a run in progress can be looked at.
 *
 * ```
 * manifest.json   trials.ndjson   noise.ndjson   stopping.ndjson   samples/<trial>.parquet   logs/
 * ```
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoppingDecision } from '../../harness/foundation/stopping.ts';
import { openAppender, type Appender } from './append.ts';
import { syncPath, writeWhole } from './durable.ts';
import { makeDirs } from './make-dirs.ts';
import { openRunDir, type StoredRun } from './open-run.ts';
import { removePartials } from './partials.ts';
import type { Manifest, NoiseRecord, TrialRecord } from './records.ts';
import { manifestSchema, noiseRecordSchema, trialRecordSchema } from './schemas.ts';
import { stoppingDecisionSchema, stoppingRuleOf } from './stopping-schema.ts';
import { storageError } from './storage-error.ts';

/** A run directory that records can be added to. */
export interface RunDir extends StoredRun, AsyncDisposable {
  /** Where logs of the run go; exists. */
  readonly logDir: string;
  /** Path of a trial's samples relative to the run directory, as a TrialRecord names it. */
  samplesFile(trialId: string, attempt: number): string;
  /** Appends one attempt; when it resolves, the record has reached the medium. */
  appendTrial(record: TrialRecord): Promise<void>;
  appendNoise(record: NoiseRecord): Promise<void>;
  appendStopping(decision: StoppingDecision): Promise<void>;
  /** Adds what the opened environments say of themselves to the manifest; those of the first opening stay. */
  recordEnvironments(environments: Manifest['environments']): Promise<void>;
}

/**
 * Makes `<baseDir>/<runId>/`. A failure removes what was made.
 *
 * @throws StrataError E360–E362; E362 also when a run of that id is there already
 */
export async function createRunDir(baseDir: string, manifest: Manifest): Promise<RunDir> {
  const path = join(baseDir, manifest.runId);
  try {
    await makeDirs(baseDir);
    await mkdir(path);
  } catch (error) {
    throw storageError(error, 'make the run directory', path);
  }
  try {
    await Promise.all(['samples', 'logs'].map((name) => mkdir(join(path, name))));
    await Promise.all(['trials.ndjson', 'noise.ndjson'].map((name) => makeEmpty(join(path, name))));
    await writeManifest(path, manifest);
    await syncPath(baseDir);
    return await openForAppending({
      path,
      manifest,
      trials: [],
      noise: [],
      stopping: [],
      warnings: [],
      ...emptyFiles,
    });
  } catch (error) {
    await rm(path, { recursive: true, force: true });
    throw storageError(error, 'make the run directory', path);
  }
}

const emptyFiles = { trialsBytes: 0, noiseBytes: 0, stoppingBytes: 0 };

/**
 * Opens a run to go on with it: a line torn by a kill is cut off (and named in `warnings`), unfinished files are
 * removed, and `resumedAtIso` is added to the manifest. That no other process is at it is for the caller to know.
 *
 * @throws StrataError E260–E263 as {@link openRunDir}, E360–E362
 */
export async function resumeRunDir(path: string, now: Date): Promise<RunDir> {
  const run = await openRunDir(path);
  try {
    await removePartials(path);
    const manifest = { ...run.manifest, resumedAtIso: [...run.manifest.resumedAtIso, now.toISOString()] };
    await writeManifest(path, manifest);
    await Promise.all(['samples', 'logs'].map((name) => makeDirs(join(path, name))));
    return await openForAppending({ ...run, manifest });
  } catch (error) {
    throw storageError(error, 'continue the run', path);
  }
}

async function writeManifest(path: string, manifest: Manifest): Promise<void> {
  await writeWhole(
    join(path, 'manifest.json'),
    `${JSON.stringify(manifestSchema.parse(manifest), null, 2)}\n`,
  );
}

async function makeEmpty(path: string): Promise<void> {
  const file = await open(path, 'wx');
  await file.close();
}

async function openForAppending(run: StoredRun): Promise<RunDir> {
  const trials = await openAppender<TrialRecord>(
    join(run.path, 'trials.ndjson'),
    trialRecordSchema,
    run.trialsBytes,
  );
  const noise = await openAppender<NoiseRecord>(
    join(run.path, 'noise.ndjson'),
    noiseRecordSchema,
    run.noiseBytes,
  );
  const stopping = await openStopping(run);
  return {
    ...run,
    logDir: join(run.path, 'logs'),
    samplesFile: (trialId, attempt) => `samples/${trialId}${attempt === 1 ? '' : `.${attempt}`}.parquet`,
    appendTrial: (record) => trials.append(record),
    appendNoise: (record) => noise.append(record),
    appendStopping: (decision) => stopping?.append(decision) ?? Promise.reject(noRule()),
    recordEnvironments: (environments) =>
      writeManifest(run.path, {
        ...run.manifest,
        environments: { ...environments, ...run.manifest.environments },
      }),
    async [Symbol.asyncDispose]() {
      await trials[Symbol.asyncDispose]();
      await noise[Symbol.asyncDispose]();
      await stopping?.[Symbol.asyncDispose]();
    },
  };
}

/** The file is made by the first who opens such a run for appending. */
async function openStopping(run: StoredRun): Promise<Appender<StoppingDecision> | null> {
  if (stoppingRuleOf(run.manifest) === null) return null;
  const path = join(run.path, 'stopping.ndjson');
  const file = await open(path, 'a');
  await file.close();
  return await openAppender<StoppingDecision>(path, stoppingDecisionSchema, run.stoppingBytes);
}

function noRule(): TypeError {
  return new TypeError('the run has no stopping rule, so there is nothing to decide');
}
