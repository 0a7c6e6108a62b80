/**
 * The contract every workload keeps: which nodes it wants, how to make them ready, how to drive them, and how to
 * prove their answers right. A workload knows nodes, never environments.
 */
import type { Cell, WorkloadName } from '../harness/foundation/cell.ts';
import type { Node, NodeSpec } from '../environments/environment.ts';
import type { SampleColumn, SampleSource } from '../results/sample/sample.ts';

/** A reason why a cell cannot be run, found before anything starts. */
export interface CellProblem {
  /** Name of the factor or key at fault: `replicas`. */
  readonly key: string;
  readonly given: string;
  readonly allowed: string;
}

export interface Workload {
  readonly name: WorkloadName | 'fake';
  readonly description: string;
  /** Operation names; a sample stores the index. */
  readonly operations: readonly string[];
  readonly sampleColumns: readonly SampleColumn[];
  check(cell: Cell): readonly CellProblem[];
  /** Nodes the cell needs, in a fixed order. */
  topology(cell: Cell): readonly NodeSpec[];
  /** Installs and starts everything on the nodes and waits until each is healthy. */
  prepare(trial: WorkloadTrial): Promise<PreparedWorkload>;
}

export interface WorkloadTrial {
  readonly trialId: string;
  readonly cell: Cell;
  readonly seed: number;
  readonly nodes: readonly Node[];
  /** Private host directory of the trial: bundles, spool, logs. */
  readonly scratchDir: string;
  readonly signal: AbortSignal;
}

export interface PreparedWorkload extends AsyncDisposable {
  /** Warm-up, then measurement, over connections that stay open between the two. */
  drive(context: DriveContext): Promise<DriveOutcome>;
  /**
   * Proves the answers right. Never throws for a wrong answer: that is an outcome. A check that could not be made
   * gives `correct: null`, never `true`.
   */
  verify(context: VerifyContext): Promise<Verification>;
}

export interface DriveContext {
  /** File the samples are spooled to; made by `results/sample/spool.ts`. */
  readonly spoolPath: string;
  /** Called once, when the first measured request is about to be sent. Faults count from here. */
  readonly onMeasureStart: () => void;
  readonly signal: AbortSignal;
}

export interface VerifyContext {
  readonly samples: SampleSource;
  /** Names of nodes that a fault has ended, or their database, for good: not expected to agree. */
  readonly deadNodes: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

/** How the load generator itself fared, so that a saturated one cannot pass for a slow system. */
export interface DriverFacts {
  /** 0–1, during the measurement. */
  readonly eventLoopUtilization: number;
  readonly gcCount: number;
  readonly gcTotalMs: number;
  readonly gcMaxMs: number;
  readonly cpuMs: number;
  readonly maxRssBytes: number;
  /** Requests that were due and never written when the drive ended: they have no sample. 0 unless it stalled. */
  readonly neverSent: number;
}

export interface DriveOutcome {
  /** Monotonic host time (`process.hrtime`) of sample time zero. */
  readonly epochHrtimeNs: bigint;
  /** Wall-clock label of the epoch; for people, never for arithmetic. */
  readonly epochIso: string;
  /** Relative to the epoch. Equal to the epoch when there was no warm-up. */
  readonly measureStartNs: number;
  readonly measureEndNs: number;
  readonly acknowledged: number;
  /** Requests that never got an answer before the drive ended. */
  readonly unanswered: number;
  readonly resent: number;
  readonly driver: DriverFacts;
  /** What the load generator itself knows of: its pauses to collect garbage. */
  readonly annotations?: readonly Annotation[];
  /** Set when answers stopped for good: the trial failed, with this as its cause. */
  readonly stall: StallReport | null;
}

export interface StallReport {
  /** Time of the last answer relative to the epoch; null when there was none at all. */
  readonly lastAnswerNs: number | null;
  readonly silentMs: number;
  readonly outstanding: number;
  /** In words, per target: "replica-2 10.9.0.4:7000: connection refused". */
  readonly observations: readonly string[];
}

export interface Verification {
  /** null = could not be checked. */
  readonly correct: boolean | null;
  /** One sentence for the summary: "120 000 acknowledged = 120 000 on every replica". */
  readonly statement: string;
  /** What is wrong or could not be checked, each a full sentence; empty when correct. */
  readonly problems: readonly string[];
  /** Figures worth keeping: executed, log hash, elections … */
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  /** Things that happened, on the samples' clock: elections, snapshots. */
  readonly annotations: readonly Annotation[];
}

export interface Annotation {
  readonly atNs: number;
  readonly kind: string;
  readonly text: string;
  /** Of what lasts. */
  readonly durationNs?: number;
}
