/**
 * A run, told from start to end: preflight, open the environments, then one trial after the other, each stored before
 * the next begins. A failure of a trial is a record; only what makes results impossible to store ends the run.
 */
import { isLimiting, type Environment, type OpenEnvironment } from '../../environments/environment.ts';
import { registerLiveRun } from '../../environments/live-runs.ts';
import { dueTrials } from '../../results/store/due.ts';
import { missingTrials, nextAttempt } from '../../results/store/missing.ts';
import { readNoise } from '../../results/store/noise.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { stoppingRuleOf } from '../../results/store/stopping-schema.ts';
import type { RunDir } from '../../results/store/run-dir.ts';
import type { Workload } from '../../workloads/workload.ts';
import { cellLabel } from '../../analysis/report/cell-label.ts';
import type { Progress } from '../cli/progress/progress-event.ts';
import type { EnvironmentName, PlannedTrial, WorkloadName } from '../foundation/cell.ts';
import { observeWaits } from '../foundation/deadline.ts';
import { bootRetries } from './boots.ts';
import { worthRetrying } from './failure.ts';
import { environmentsOf, openEnvironments } from './open-environments.ts';
import { openStopping, type Stopping } from './stopping.ts';
import { runTrial } from './trial.ts';
import { openTrialFiles } from './trial-files.ts';

export interface RunSetting {
  readonly environmentFor: (name: EnvironmentName) => Environment;
  readonly workloadFor: (name: WorkloadName) => Workload;
  readonly progress: Progress;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
  /** Further attempts at a trial that its surroundings failed. */
  readonly retries: number;
  readonly keepOnFailure: boolean;
}

/** Everything the trials of a run share. */
interface OpenRun extends RunSetting {
  readonly run: RunDir;
  readonly environments: ReadonlyMap<EnvironmentName, OpenEnvironment>;
}

/** Checks by doing that every environment of the plan can work here; throws a STRATA-E3xx error otherwise. */
export async function preflight(
  plan: readonly PlannedTrial[],
  environmentFor: RunSetting['environmentFor'],
  signal: AbortSignal,
): Promise<void> {
  for (const name of environmentsOf(plan)) {
    const environment = environmentFor(name);
    await environment.preflight(signal);
    const isLimited = plan.some(
      ({ cell }) => cell.env === name && (cell.cpus ?? cell.memoryBytes) !== undefined,
    );
    const refusal = isLimited && isLimiting(environment) ? await environment.whyNoLimits() : null;
    if (refusal !== null) throw refusal;
  }
}

/** Runs what the plan still lacks. Returns the records of this invocation; those stored before are in `run`. */
export async function executePlan(run: RunDir, setting: RunSetting): Promise<readonly TrialRecord[]> {
  const trials = missingTrials({ plan: dueTrials(run.manifest, run.stopping) }, run.trials);
  const startedMs = performance.now();
  await using _live = await registerLiveRun(run.manifest.runId);
  using _waits = observeWaits((message) => setting.progress.show({ kind: 'waiting', ...message }));
  announce(run, trials, setting.progress);
  await using environments = await openEnvironments(run, trials, setting);
  const { records, due } =
    environments === null
      ? { records: [], due: trials.length }
      : await runTrials(trials, run, setting, environments.opened);
  const completed = records.filter(({ status }) => status === 'completed').length;
  setting.progress.show({
    kind: 'run-finished',
    status: setting.signal.aborted ? 'interrupted' : completed === due ? 'complete' : 'partial',
    durationMs: performance.now() - startedMs,
  });
  return records;
}

/** Block by block until the plan, the stopping rule or the user ends it; `due` is how many trials that left to do. */
async function runTrials(
  trials: readonly PlannedTrial[],
  run: RunDir,
  setting: RunSetting,
  environments: OpenRun['environments'],
): Promise<{ readonly records: readonly TrialRecord[]; readonly due: number }> {
  await run.recordEnvironments(
    Object.fromEntries([...environments].map(([name, { facts }]) => [name, facts])),
  );
  const open: OpenRun = { ...setting, run, environments };
  const records: TrialRecord[] = [];
  const stopping = openStopping(run, () => [...run.trials, ...records], setting.progress);
  for (const [index, trial] of trials.entries()) {
    if (setting.signal.aborted) break;
    // A run may have been killed between the end of a block and the decision about it: decide first.
    if (trial.block !== trials[index - 1]?.block && (await stopping.endsAfter(trial.block - 1)))
      return { records, due: index };
    records.push(...(await attemptTrial(trial, open)));
  }
  await settleLastBlock(run, records, stopping);
  return { records, due: trials.length };
}

/** The cap is a decision, too: a run that reached it is over. */
async function settleLastBlock(
  { manifest, trials }: RunDir,
  records: readonly TrialRecord[],
  stopping: Stopping,
): Promise<void> {
  const last = manifest.plan.at(-1);
  if (last !== undefined && missingTrials(manifest, [...trials, ...records]).length === 0)
    await stopping.endsAfter(last.block);
}

/** All attempts at one trial, each stored as soon as it is over. */
async function attemptTrial(trial: PlannedTrial, open: OpenRun): Promise<readonly TrialRecord[]> {
  const records: TrialRecord[] = [];
  const first = nextAttempt(open.run.trials, trial.id);
  for (let attempt = first; attempt <= first + open.retries; attempt += 1) {
    const record = await attemptOnce(trial, attempt, open);
    records.push(record);
    const isLast = attempt === first + open.retries || !worthRetrying(record.cause) || open.signal.aborted;
    open.progress.show({
      kind: 'trial-finished',
      trialId: trial.id,
      attempt,
      cellKey: trial.cellKey,
      label: cellLabel(trial.cell),
      status: record.status,
      durationMs: Object.values(record.phasesMs).reduce((sum, ms) => sum + ms, 0),
      correct: record.verification?.correct ?? null,
      cause: record.cause,
      metrics: record.metrics,
      willRetry: !isLast,
    });
    if (isLast) break;
  }
  return records;
}

async function attemptOnce(trial: PlannedTrial, attempt: number, open: OpenRun): Promise<TrialRecord> {
  const { run, progress } = open;
  const { cell } = trial;
  const environment = open.environments.get(cell.env);
  if (environment === undefined) throw new Error(`the environment ${cell.env} was not opened`);
  await storeNoise(run, trial, attempt, 'before');
  await using files = await openTrialFiles(run, trial, attempt);
  const record = await runTrial(trial, attempt, {
    environment,
    workload: open.workloadFor(cell.workload),
    files,
    signal: open.signal,
    onPhase: (phase) =>
      progress.show({ kind: 'phase', trialId: trial.id, attempt, label: cellLabel(cell), phase }),
  });
  if (record.status === 'failed' && open.keepOnFailure) files.keepScratch();
  await run.appendTrial(record);
  for (const message of bootRetries(record)) progress.show({ kind: 'note', level: 'warning', message });
  await storeNoise(run, trial, attempt, 'after');
  return record;
}

async function storeNoise(
  run: RunDir,
  trial: PlannedTrial,
  attempt: number,
  when: 'before' | 'after',
): Promise<void> {
  const readings = await readNoise(run.path);
  await run.appendNoise({ trialId: trial.id, attempt, when, atIso: new Date().toISOString(), readings });
}

function announce(run: RunDir, trials: readonly PlannedTrial[], progress: Progress): void {
  progress.show({
    kind: 'run-started',
    runId: run.manifest.runId,
    runDir: run.path,
    mayEndEarly: stoppingRuleOf(run.manifest) !== null,
    trials: trials.map(({ id, cellKey, cell }) => ({ trialId: id, cellKey, label: cellLabel(cell) })),
  });
}
