/**
 * Everything a report shows, as plain values. Text and HTML are both drawn from this one model and compute nothing,
 * so that they cannot disagree with each other or with what was stored.
 */
import type { CellSummary, Estimate } from '../../results/export/summary.ts';

export interface ReportModel {
  readonly runId: string;
  /** Path of the run directory as the user may type it. */
  readonly runDir: string;
  /** The experiment's name. */
  readonly title: string;
  readonly startedAtIso: string;
  readonly status: RunStatus;
  readonly verdict: Verdict;
  /** What was measured, in sentences. */
  readonly measured: readonly string[];
  readonly thresholds: readonly ThresholdRow[];
  readonly cells: readonly CellRow[];
  /** Final attempts, in the order they were run. */
  readonly trials: readonly TrialRow[];
  /** Every attempt that did not complete, retried or not. */
  readonly failures: readonly FailureRow[];
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
