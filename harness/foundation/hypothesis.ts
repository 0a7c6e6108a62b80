/**
 * What an experiment claims, declared before its first trial and hashed into the manifest. Data only: which cells it
 * compares is `compared-cells.ts`, what is made of the trials is `analysis/verdict/`.
 */
import type { BootMode, Cell, MysqlFactors } from './cell.ts';

/** Figures of one trial that a hypothesis may be about. All are positive; latencies in milliseconds. */
export const metricNames = [
  'throughput',
  'mean',
  'min',
  'p50',
  'p90',
  'p95',
  'p99',
  'p999',
  'max',
  // p95 / p50 within the trial: how stable its latencies are, whatever their level.
  'spread',
] as const;
export type MetricName = (typeof metricNames)[number];

/** Only of throughput is more better. */
export function isBetterHigher(metric: MetricName): boolean {
  return metric === 'throughput';
}

/** What may tell the arms of a hypothesis apart. */
export type ComparedFactors = Pick<
  Cell,
  'env' | 'workload' | 'replicas' | 'clients' | 'store' | 'sharedMemory'
> & {
  readonly boot: BootMode;
  /** null = unlimited. */
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
} & MysqlFactors;
export type FactorName = keyof ComparedFactors;

export const factorNames = [
  ...(['env', 'boot', 'workload', 'replicas', 'clients', 'store', 'sharedMemory', 'cpus'] as const),
  ...(['memoryBytes', 'engine', 'insertsPerMinute', 'aggregation', 'stringLength', 'durability'] as const),
  ...(['mode', 'delivery', 'nameResolution', 'onPeerLoss'] as const),
] as const satisfies readonly FactorName[];

/** Cells whose every factor named here has one of the values given for it. */
export type CellSelector = {
  readonly [Factor in FactorName]?: readonly ComparedFactors[Factor][];
};

export const claimKinds = ['differs', 'at-least', 'at-most', 'equivalent', 'steps', 'completes'] as const;
/**
 * The claim, about ratios of geometric means over trials, treatment / baseline, of every pair of cells compared:
 * `differs`: the ratio is not 1 (two-sided). `at-least`, `at-most`: the ratio is ≥ or ≤ `margin` (one-sided, with the
 * margin as the null). `equivalent`: the ratio lies within 1/`margin` … `margin` (two one-sided tests).
 * `steps`: along ascending `replicas` no step loses more than `margin` allows: of throughput every step's ratio is
 * ≥ `margin`, of latencies ≤ `margin`. `completes`: every planned trial of the treatment completes with right answers;
 * a census, not a test. Where there are several pairs or steps, all must hold (intersection–union).
 */
export type ClaimKind = (typeof claimKinds)[number];

export interface Hypothesis {
  /** `onset-h1`; unique in an experiment. */
  readonly id: string;
  /** In words, as a reader would put it. */
  readonly statement: string;
  /** null for `completes` only. */
  readonly metric: MetricName | null;
  readonly claim: ClaimKind;
  readonly treatment: CellSelector;
  /** What the treatment is compared with; empty for `steps`, whose baseline is the step before, and `completes`. */
  readonly baseline: CellSelector;
  /** A ratio > 0; 1 for `differs` and `completes`. */
  readonly margin: number;
  /** Error of the first kind that is accepted for the family as a whole (confirmatory) or as a share (exploratory). */
  readonly alpha: number;
  /** Hypotheses of one family are corrected together. */
  readonly family: string;
  /** Confirmatory: Holm. Exploratory: Benjamini–Hochberg. */
  readonly role: 'confirmatory' | 'exploratory';
  /**
   * `blocks`: the arms are compared within the blocks they ran in, which takes out what drifts over the run and halves
   * the degrees of freedom. Absent: as independent arms.
   */
  readonly pairing?: 'blocks';
}
