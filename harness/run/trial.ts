/**
 * One trial, told from start to end: provision nodes, prepare the workload, drive it, record, verify, dispose.
 * Whatever happens inside becomes a record; nothing a trial does can end the run.
 */
import { isFailureDetecting, type OpenEnvironment } from '../../environments/environment.ts';
import type { TrialQuality } from '../../results/store/quality-record.ts';
import type {
  BootRecord,
  NodeStatsRecord,
  TrialCause,
  TrialMetrics,
  TrialRecord,
} from '../../results/store/records.ts';
import type {
  Annotation,
  DriveContext,
  DriveOutcome,
  DriverFacts,
  PreparedWorkload,
  Verification,
  Workload,
} from '../../workloads/workload.ts';
import { anySignal } from '../foundation/any-signal.ts';
import type { PlannedTrial } from '../foundation/cell.ts';
import { bootRecords } from './boots.ts';
import { armFaults, faultAnnotations, missedFaults, type FaultInjection } from './faults.ts';
import { interruption, trialCause } from './failure.ts';
import { sampleNodeStats } from './node-stats.ts';
import { phaseClock, type PhaseClock } from './phase-clock.ts';
import { stalled, wrongAnswer } from './trial-errors.ts';
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
  /** Aborts when a node ends by itself; whatever breaks after that breaks because of it. */
  nodeFailure: AbortSignal;
  boots: readonly BootRecord[];
  metrics: TrialMetrics | null;
  quality: TrialQuality | null;
  verification: Verification | null;
  driver: DriverFacts | null;
  annotations: readonly Annotation[];
  /** Why the trial did not test what its cell says. */
  untested: readonly string[];
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
    nodeFailure: AbortSignal.any([]),
    boots: [],
    metrics: null,
    quality: null,
    verification: null,
    driver: null,
    annotations: [],
    untested: [],
    nodeStats: [],
    samplesFile: null,
    sampleCount: 0,
  };
  let cause: TrialCause | null = null;
  try {
    await conduct(trial, setting, clock, findings);
  } catch (error) {
    const { signal } = setting;
    const { nodeFailure } = findings;
    const first: unknown = nodeFailure.aborted ? nodeFailure.reason : error;
    cause = trialCause(signal.aborted ? interruption(signal.reason) : first, clock.current);
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
  const { environment, workload, files } = setting;
  const { cell, seed } = trial;

  clock.enter('provision');
  await using started = await environment.start({
    trialId: trial.id,
    nodes: workload.topology(cell),
    ...(cell.boot === undefined ? {} : { boot: cell.boot }),
    signal: setting.signal,
  });
  findings.boots = bootRecords(started.nodes);
  findings.nodeFailure = AbortSignal.any(
    started.nodes.filter(isFailureDetecting).map(({ failed }) => failed),
  );
  const signal = anySignal(setting.signal, findings.nodeFailure);

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
  await using faults = armFaults(cell.faults, started.nodes, prepared, seed);
  using stats = sampleNodeStats(started.nodes, (name) => faults.deadNodes.has(name));
  const outcome = await driveUnderFaults(prepared, faults, { spoolPath: files.spoolPath, signal }, findings);
  findings.driver = outcome.driver;
  findings.annotations = inOrder([...findings.annotations, ...(outcome.annotations ?? [])]);
  findings.nodeStats = await stats.finish(outcome.epochHrtimeNs);

  clock.enter('record');
  const kept = await files.keepSamples(workload, signal);
  findings.samplesFile = kept.samplesFile;
  findings.sampleCount = kept.sampleCount;
  findings.metrics = await files.computeMetrics(cell);
  findings.quality = await files.judgeQuality(trial);
  if (outcome.stall !== null) throw stalled(outcome.stall, faults.deadNodes);
  if (faults.failure !== undefined) throw faults.failure;

  clock.enter('verify');
  await using samples = await files.openSamples();
  const verification = await prepared.verify({ samples, deadNodes: faults.silentNodes, signal });
  findings.verification = verification;
  findings.annotations = inOrder([...findings.annotations, ...verification.annotations]);
  if (verification.correct === false) throw wrongAnswer(verification);

  clock.enter('dispose');
}

/** What faults did is kept also when the drive fails, as that may be why: then in time since the measurement began. */
async function driveUnderFaults(
  prepared: PreparedWorkload,
  faults: FaultInjection,
  context: Pick<DriveContext, 'spoolPath' | 'signal'>,
  findings: Findings,
): Promise<DriveOutcome> {
  let epochHrtimeNs: bigint | undefined;
  try {
    const onMeasureStart = () => {
      epochHrtimeNs = process.hrtime.bigint();
      faults.start();
    };
    const outcome = await prepared.drive({ ...context, onMeasureStart });
    ({ epochHrtimeNs } = outcome);
    await faults.finish();
    findings.untested = missedFaults(faults);
    return outcome;
  } finally {
    if (epochHrtimeNs !== undefined) findings.annotations = faultAnnotations(faults, epochHrtimeNs);
  }
}

function inOrder(annotations: readonly Annotation[]): readonly Annotation[] {
  return annotations.toSorted((a, b) => a.atNs - b.atNs);
}

function reportable(trial: PlannedTrial, findings: Findings) {
  const { metrics, quality, verification, driver, untested } = findings;
  return {
    metrics,
    quality,
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
        : invalidReasons({ cell: trial.cell, driver, metrics, quality, verification, untested }),
    driver: driver === null ? null : { ...driver },
    annotations: findings.annotations,
    nodeStats: findings.nodeStats,
    boots: findings.boots,
    samplesFile: findings.samplesFile,
    sampleCount: findings.sampleCount,
  };
}
