/**
 * One trial, told from start to end: provision nodes, prepare the workload, drive it, record, verify, dispose.
 * Whatever happens inside becomes a record; nothing a trial does can end the run.
 */
import type { OpenEnvironment } from '../../environments/environment.ts';
import type { NodeStatsRecord, TrialCause, TrialMetrics, TrialRecord } from '../../results/store/records.ts';
import type { Annotation, DriverFacts, Verification, Workload } from '../../workloads/workload.ts';
import type { PlannedTrial } from '../foundation/cell.ts';
import { StrataError } from '../foundation/errors.ts';
import { armFaults, faultAnnotations } from './faults.ts';
import { interruption, trialCause } from './failure.ts';
import { sampleNodeStats } from './node-stats.ts';
import { phaseClock, type PhaseClock } from './phase-clock.ts';
import type { TrialFiles } from './trial-files.ts';
import { invalidReasons } from './validity.ts';

export interface TrialSetting {
  readonly environment: OpenEnvironment;
  readonly workload: Workload;
  readonly files: TrialFiles;
  readonly signal: AbortSignal;
  readonly onPhase: (phase: PhaseClock['current']) => void;
}

/** What a trial has found out so far; kept even when it fails later. */
interface Findings {
  metrics: TrialMetrics | null;
  verification: Verification | null;
  driver: DriverFacts | null;
  annotations: readonly Annotation[];
  nodeStats: readonly NodeStatsRecord[];
  samplesFile: string | null;
  sampleCount: number;
}

export async function runTrial(
  trial: PlannedTrial,
  attempt: number,
  setting: TrialSetting,
): Promise<TrialRecord> {
  const startedAtIso = new Date().toISOString();
  const clock = phaseClock(setting.onPhase);
  const findings: Findings = {
    metrics: null,
    verification: null,
    driver: null,
    annotations: [],
    nodeStats: [],
    samplesFile: null,
    sampleCount: 0,
  };
  let cause: TrialCause | null = null;
  try {
    await conduct(trial, setting, clock, findings);
  } catch (error) {
    const { signal } = setting;
    cause = trialCause(signal.aborted ? interruption(signal.reason) : error, clock.current);
  }
  const phasesMs = clock.finish();
  const aborted = cause !== null && setting.signal.aborted;
  return {
    trialId: trial.id,
    attempt,
    block: trial.block,
    position: trial.position,
    cellKey: trial.cellKey,
    cell: trial.cell,
    status: cause === null ? 'completed' : aborted ? 'aborted' : 'failed',
    startedAtIso,
    phasesMs,
    cause,
    ...reportable(trial, findings),
  };
}

/** The story of a trial. Leaving it disposes the workload first, then the nodes. */
async function conduct(
  trial: PlannedTrial,
  setting: TrialSetting,
  clock: PhaseClock,
  findings: Findings,
): Promise<void> {
  const { environment, workload, files, signal } = setting;
  const { cell, seed } = trial;

  clock.enter('provision');
  await using started = await environment.start({
    trialId: trial.id,
    nodes: workload.topology(cell),
    signal,
  });

  clock.enter('prepare');
  const { scratchDir } = files;
  await using prepared = await workload.prepare({
    trialId: trial.id,
    cell,
    seed,
    nodes: started.nodes,
    scratchDir,
    signal,
  });

  clock.enter('drive');
  await using faults = armFaults(cell.faults, started.nodes, seed);
  const stats = sampleNodeStats(started.nodes, (name) => faults.deadNodes.has(name));
  const outcome = await prepared.drive({
    spoolPath: files.spoolPath,
    onMeasureStart: () => faults.start(),
    signal,
  });
  findings.driver = outcome.driver;
  findings.annotations = faultAnnotations(faults, outcome.epochHrtimeNs);
  findings.nodeStats = await stats.finish(outcome.epochHrtimeNs);

  clock.enter('record');
  const kept = await files.keepSamples(workload, signal);
  findings.samplesFile = kept.samplesFile;
  findings.sampleCount = kept.sampleCount;
  findings.metrics = await files.computeMetrics(cell);
  if (outcome.stall !== null) throw stalled(outcome.stall, faults.deadNodes);
  if (faults.failure !== undefined) throw faults.failure;

  clock.enter('verify');
  await using samples = await files.openSamples();
  const verification = await prepared.verify({ samples, deadNodes: faults.deadNodes, signal });
  findings.verification = verification;
  findings.annotations = [...findings.annotations, ...verification.annotations].sort(
    (a, b) => a.atNs - b.atNs,
  );
  if (verification.correct === false) throw wrongAnswer(verification);

  clock.enter('dispose');
}

function reportable(trial: PlannedTrial, findings: Findings) {
  const { metrics, verification, driver } = findings;
  return {
    metrics,
    verification:
      verification === null
        ? null
        : {
            correct: verification.correct,
            statement: verification.statement,
            problems: verification.problems,
            facts: verification.facts,
          },
    invalid:
      metrics === null || verification === null || driver === null
        ? []
        : invalidReasons(trial.cell, driver, metrics, verification),
    driver: driver === null ? null : { ...driver },
    annotations: findings.annotations,
    nodeStats: findings.nodeStats,
    samplesFile: findings.samplesFile,
    sampleCount: findings.sampleCount,
  };
}

function wrongAnswer(verification: Verification): StrataError {
  return new StrataError({
    code: 'STRATA-E501',
    message: `wrong answer: ${verification.statement}`,
    fix: 'the samples and logs of this trial are kept: look at what disagrees before trusting any other trial',
    cause: new Error(verification.problems.slice(0, 5).join('; ')),
  });
}

function stalled(
  stall: {
    readonly silentMs: number;
    readonly outstanding: number;
    readonly observations: readonly string[];
  },
  dead: ReadonlySet<string>,
): StrataError {
  const killed =
    dead.size === 0 ? 'no node was killed by a fault' : `killed by faults: ${[...dead].join(', ')}`;
  return new StrataError({
    code: 'STRATA-E502',
    message: `stalled: ${stall.outstanding} requests without an answer for ${(stall.silentMs / 1000).toFixed(1)} s (${killed})`,
    fix: 'with more than f replicas or the store gone this is what the protocol must do; otherwise read the node logs',
    cause: new Error(stall.observations.join('; ')),
  });
}
