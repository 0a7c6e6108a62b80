/**
 * What the samples look like inside trials: description for the report, never the ground of a verdict, whose unit is
 * the trial. Plain values, small enough to be shown whole.
 */
import type { Estimate } from '../../results/export/summary.ts';

export interface Distributions {
  /** One for each cell with samples of valid trials. */
  readonly cells: readonly CellDistribution[];
  /** A few trials looked into: one of each chosen cell. */
  readonly insides: readonly TrialInside[];
  /** Trials whose samples could not be read: unknown, not absent. */
  readonly unknown: readonly UnknownSamples[];
}

export const noDistributions: Distributions = { cells: [], insides: [], unknown: [] };

export interface CellDistribution {
  readonly cellKey: string;
  /** How many trials the figures are means of. */
  readonly trials: number;
  /** Milliseconds: geometric means over trials of each trial's own. */
  readonly box: FiveNumbers;
  /** Those that every trial has enough requests for; the same means and intervals as in the tables. */
  readonly quantiles: readonly { readonly probability: number; readonly ms: Estimate }[];
}

export interface FiveNumbers {
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
  readonly mean: number;
}

/** One trial on its own clock: seconds since the drive began. */
export interface TrialInside {
  readonly trialId: string;
  readonly cellKey: string;
  readonly cellLabel: string;
  readonly requests: number;
  /** Requests without an answer, or refused; they have no latency. */
  readonly unanswered: number;
  /** When the first measured request was due; null without warm-up. */
  readonly measuredFromS: number | null;
  /** Latency of requests in ms by when they were due: all, or of each span of time the fastest and the slowest. */
  readonly warmUp: readonly TimePoint[];
  readonly measured: readonly TimePoint[];
  readonly isDecimated: boolean;
  /** Answers per second, by when they came. */
  readonly rate: readonly TimePoint[];
  readonly marks: readonly { readonly atS: number; readonly kind: string; readonly text: string }[];
  readonly nodes: readonly NodeUsage[];
}

export type TimePoint = readonly [atS: number, value: number];

export interface NodeUsage {
  readonly node: string;
  /** Processors used since the reading before. */
  readonly cpus: readonly TimePoint[];
  readonly memoryMb: readonly TimePoint[];
}

export interface UnknownSamples {
  readonly trialId: string;
  readonly reason: string;
}
