/**
 * The shapes kept in a run directory. Everything else (CSV, reports, JSON output) is derived from these and the
 * samples. `schemaVersion` grows when a reader of the old shape would misread the new one.
 */
import type { Cell, PlannedTrial } from '../../harness/foundation/cell.ts';
import type { TrialQuality } from './quality-record.ts';
import type { Hypothesis } from '../../harness/foundation/hypothesis.ts';

export const schemaVersion = 1;

/** `manifest.json`: written once, before the first trial; a resumed run appends to `resumed`. */
export interface Manifest {
  readonly schemaVersion: number;
  readonly runId: string;
  readonly strataVersion: string;
  /** Commit of the checkout strata ran from; null outside one. `-dirty` is appended when the tree had changes. */
  readonly commit: string | null;
  readonly startedAtIso: string;
  readonly resumedAtIso: readonly string[];
  /** The command line as typed, without the program. */
  readonly argv: readonly string[];
  /** The experiment after defaults, as validated. */
  readonly experiment: Readonly<Record<string, unknown>>;
  readonly seed: number;
  readonly plan: readonly PlannedTrial[];
  /** SHA-256 over experiment, seed and plan. */
  readonly planHash: string;
  /** As declared before the first trial; empty in runs from before there were any. */
  readonly hypotheses: readonly Hypothesis[];
  /** SHA-256 over them; null in runs from before there were any. */
  readonly hypothesesHash: string | null;
  readonly host: HostFacts;
  /** By environment name: engine version, image digest, accelerator … */
  readonly environments: Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;
}

export interface HostFacts {
  readonly hostname: string;
  readonly kernel: string;
  readonly cpuModel: string;
  readonly cpuCount: number;
  readonly memoryBytes: number;
  readonly nodeVersion: string;
  readonly bootId: string | null;
  readonly clockSource: string | null;
  readonly cgroupVersion: 1 | 2 | null;
}

export type TrialStatus = 'completed' | 'failed' | 'aborted';

/** One line of `trials.ndjson`: one attempt at one planned trial. */
export interface TrialRecord {
  readonly trialId: string;
  /** 1 for the first; a retry is a line of its own with the next number. */
  readonly attempt: number;
  readonly block: number;
  readonly position: number;
  readonly cellKey: string;
  readonly cell: Cell;
  readonly status: TrialStatus;
  readonly startedAtIso: string;
  /** Wall time of each phase that was entered, in the order of the run. */
  readonly phasesMs: Readonly<Partial<Record<TrialPhase, number>>>;
  /** Why it failed or was aborted; null when completed. */
  readonly cause: TrialCause | null;
  /** null when the trial ended before there was anything to summarise. */
  readonly metrics: TrialMetrics | null;
  readonly verification: {
    readonly correct: boolean | null;
    readonly statement: string;
    readonly problems: readonly string[];
    readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  } | null;
  /** Reasons why a completed trial must not enter a verdict: saturated driver, missed rate … */
  readonly invalid: readonly string[];
  readonly driver: Readonly<Record<string, number>> | null;
  readonly annotations: readonly AnnotationRecord[];
  /** null when there are no samples to judge by, and in runs from before it was kept. */
  readonly quality: TrialQuality | null;
  readonly nodeStats: readonly NodeStatsRecord[];
  /** How each machine came up, in the order of the nodes; empty where nothing boots. */
  readonly boots: readonly BootRecord[];
  /** Relative to the run directory; null when no samples were kept. */
  readonly samplesFile: string | null;
  readonly sampleCount: number;
}

export const trialPhases = ['provision', 'prepare', 'drive', 'record', 'verify', 'dispose'] as const;
export type TrialPhase = (typeof trialPhases)[number];

export interface TrialCause {
  readonly code: string;
  readonly message: string;
  /** Messages of the causes below it, outermost first. */
  readonly because: readonly string[];
  readonly fix: string;
  readonly phase: TrialPhase;
  readonly log: string | null;
}

/** Computed from the measured samples only. Latency is from the intended time in an open loop, else from send. */
export interface TrialMetrics {
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly resent: number;
  readonly durationS: number;
  readonly throughputPerS: number;
  /** Open loop only. */
  readonly offeredPerS: number | null;
  readonly latencyMs: LatencySummary;
  /** Open loop only: from the actual send. */
  readonly serviceTimeMs: LatencySummary | null;
}

/** Milliseconds. A quantile that the sample is too small for is null (n below 6/36/72/368/3688: STATISTICS.md). */
export interface LatencySummary {
  readonly mean: number;
  readonly min: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number;
}

/** Something that happened, on the samples' clock. */
export interface AnnotationRecord {
  readonly atNs: number;
  readonly kind: string;
  readonly text: string;
  /** Of what lasts, such as a collection of garbage. */
  readonly durationNs?: number;
}

export interface NodeStatsRecord {
  readonly node: string;
  readonly atNs: number;
  readonly cpuNs: number;
  readonly memoryBytes: number;
  readonly networkReceivedBytes: number | null;
  readonly networkSentBytes: number | null;
  readonly throttledNs: number | null;
}

/** How one machine came up. */
export interface BootRecord {
  readonly node: string;
  /** Of the attempt that succeeded, in milliseconds since the start of the node began. */
  readonly timeline: readonly { readonly name: string; readonly atMs: number }[];
  /** Why earlier attempts failed, in words; empty when the first one succeeded. */
  readonly failures: readonly string[];
}

/** One line of `noise.ndjson`: the machine just before or just after a trial. */
export interface NoiseRecord {
  readonly trialId: string;
  readonly attempt: number;
  readonly when: 'before' | 'after';
  readonly atIso: string;
  readonly readings: Readonly<Record<string, string | number | null>>;
}
