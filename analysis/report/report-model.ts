/**
 * Everything a report shows, as plain values. Text and HTML are both drawn from this one model and compute nothing,
 * so that they cannot disagree with each other or with what was stored.
 */
import type { CellSummary, Estimate } from '../../results/export/summary.ts';
import type { PaperComparison } from '../papers/comparison.ts';
import type { InserterRow } from './inserter-section.ts';
import type { QualityModel } from './quality-section.ts';
import type { AcceleratorFacts } from '../../results/store/accelerator.ts';
import type { Distributions } from '../distribution/distribution.ts';
import type { Slowdown } from '../environment-slowdown.ts';
import type { HypothesisResult } from '../verdict/hypothesis-result.ts';

export interface ReportModel {
  readonly runId: string;
  /** Path of the run directory as the user may type it. */
  readonly runDir: string;
  /** The experiment's name. */
  readonly title: string;
  readonly startedAtIso: string;
  readonly status: RunStatus;
  readonly verdict: Verdict;
  /** null for a run without machines. */
  readonly accelerator: AcceleratorRow | null;
  /** What was measured, in sentences. */
  readonly measured: readonly string[];
  readonly thresholds: readonly ThresholdRow[];
  /** Of an A/A run: what the harness found between two copies of the same cell. */
  readonly calibration?: CalibrationReport;
  /** In the order of declaration. */
  readonly hypotheses: readonly HypothesisResult[];
  readonly cells: readonly CellRow[];
  /** Cells against the same cell in the environment they are compared with. */
  readonly slowdowns: readonly Slowdown[];
  /** Empty until the samples were read: a summary does without them. */
  readonly distributions: Distributions;
  /** Final attempts, in the order they were run. */
  readonly trials: readonly TrialRow[];
  /** Every attempt that did not complete, retried or not. */
  readonly failures: readonly FailureRow[];
  /** Papers whose experiment this run repeats; empty for others. */
  readonly papers: readonly PaperComparison[];
  /** Of environments with machines. */
  readonly boots: readonly BootRow[];
  /** Of workload mysql. */
  readonly inserters: readonly InserterRow[];
  readonly quality: QualityModel;
  readonly warnings: readonly Warning[];
  readonly provenance: readonly (readonly [label: string, value: string])[];
  /** How the figures came about and how to read them, in sentences. */
  readonly methods: readonly string[];
}

export type RunStatus = 'complete' | 'partial' | 'interrupted';

export interface Verdict {
  readonly tone: 'good' | 'bad' | 'unknown';
  readonly headline: string;
  /** Correctness, thresholds, completeness: one sentence each. */
  readonly sentences: readonly string[];
}

/** Who executed the guests' instructions. */
export interface AcceleratorRow extends AcceleratorFacts {
  /** Names of the environments it served. */
  readonly environments: readonly string[];
  /** What that means for the figures. */
  readonly statement: string;
  readonly isHardware: boolean;
}

/** How the machines of one environment and boot mode came up where as many were started together. */
export interface BootRow {
  readonly env: string;
  readonly boot: string;
  /** Started together, in one trial. */
  readonly machines: number;
  /** How many came up, over all trials; `retried` of them not at the first attempt. */
  readonly booted: number;
  readonly retried: number;
  /** In order; milliseconds since the start of the node. */
  readonly events: readonly { readonly name: string; readonly medianMs: number; readonly maxMs: number }[];
}

export interface CalibrationReport {
  /** False positives and noise floor in words. */
  readonly sentences: readonly string[];
  readonly rows: readonly CalibrationRow[];
}

/** One figure of one cell under its two labels. */
export interface CalibrationRow {
  readonly cellLabel: string;
  readonly metric: string;
  /** Blocks in which both copies have the figure. */
  readonly pairs: number;
  /** b / a; null with the reason in `remark`. */
  readonly ratio: Estimate | null;
  readonly p: number | null;
  /** Of the splits at α = 0.05; null where none could be made. */
  readonly rejectedShare: number | null;
  /** With all pairs; ≥ 1. */
  readonly floorRatio: number | null;
  readonly remark: string;
}

export interface ThresholdRow {
  /** As written: `p99<20ms`. */
  readonly text: string;
  readonly unit: 'ms' | '1/s';
  readonly cellKey: string;
  readonly cellLabel: string;
  /** Unknown counts as failed. */
  readonly outcome: 'pass' | 'fail' | 'unknown';
  readonly estimate: Estimate | null;
  /** Why it is unknown, or that the interval includes the limit; empty when there is nothing to add. */
  readonly remark: string;
}

export type TrialCounts = CellSummary['trials'];

export interface CellRow {
  readonly key: string;
  readonly label: string;
  /** All factors as text; see {@link cellFactors}. */
  readonly factors: ReadonlyMap<string, string>;
  readonly replicas: number;
  readonly clients: number;
  /** D of workload mysql: per instance; 0 = as fast as possible. Absent in others. */
  readonly insertsPerMinute?: number;
  readonly trials: TrialCounts;
  /** null = unknown. */
  readonly correct: boolean | null;
  /** The verifier's statements, each with the number of trials that made it. */
  readonly statements: readonly string[];
  /** null where no trial completed that is fit for a verdict. */
  readonly metrics: CellFigures | null;
}

export interface CellFigures {
  readonly throughputPerS: Estimate;
  /** A quantile is null where a trial has too few samples for it; `max` is the largest of all, without interval. */
  readonly latencyMs: Readonly<Record<'mean' | 'p50' | 'p95' | 'p99' | 'max', Estimate | null>>;
}

export interface TrialRow {
  readonly trialId: string;
  readonly cellKey: string;
  readonly cellLabel: string;
  /** Position in the executed order, 0-based. */
  readonly position: number;
  readonly attempt: number;
  readonly status: 'completed' | 'failed' | 'aborted';
  readonly correct: boolean | null;
  /** Empty when the trial may enter a verdict. */
  readonly invalid: readonly string[];
  readonly throughputPerS: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
}

export interface FailureRow {
  readonly trialId: string;
  readonly attempt: number;
  readonly cellLabel: string;
  readonly status: 'failed' | 'aborted';
  readonly phase: string;
  readonly code: string;
  readonly message: string;
  readonly because: readonly string[];
  readonly fix: string;
  readonly log: string | null;
  /** A later attempt at the same trial completed. */
  readonly isRecovered: boolean;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}
