/**
 * Cliff's δ: how much more often a trial of the treatment lies above one of the baseline than below it. An effect size
 * that needs no scale and that no wild trial can carry away.
 *
 * δ = (#{xᵢ > yⱼ} − #{xᵢ < yⱼ}) / (nₓnᵧ) = 2U / (nₓnᵧ) − 1, with U of Mann and Whitney; ties count for neither side.
 * The interval is the asymmetric one, which stays within −1 … 1:
 * (δ − δ³ ± z·s·√((1 − δ²)² + z²s²)) / (1 − δ² + z²s²), with s² the unbiased variance of δ (Cliff 1993, formula 7), at
 * least (1 − δ²) / (nₓnᵧ − 1). Where the arms do not overlap s is 0 and says nothing; then the bound nearer to 0 is
 * (n − z²) / (n + z²) with the smaller n: the proportion of Wilson at 1.
 * Source: N. Cliff, "Dominance statistics: ordinal analyses to answer ordinal questions", Psychol. Bull. 114 (1993);
 * D. Feng and N. Cliff, "Monte Carlo evaluation of ordinal d with improved confidence interval", JMASM 3 (2004).
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { armsOf, sizesOf, type Arms, type ArmSizes } from './arms.ts';
import { refuseProbability } from './question.ts';

export interface CliffsDelta {
  readonly kind: 'cliffs-delta';
  /** −1 … 1; positive where the treatment lies higher. */
  readonly delta: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly n: ArmSizes;
}

/**
 * @param treatment one figure a trial, finite, at least 2 trials; the unit must be that of the baseline
 * @returns `too-few-trials`, or `non-positive-values` for one that is not finite
 * @throws RangeError for a confidence outside (0, 1)
 */
export function cliffsDelta(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  confidence = 0.95,
): CliffsDelta | Degenerate {
  refuseProbability('confidence', confidence);
  const arms = armsOf(treatment, baseline, 2);
  if (isDegenerate(arms)) return arms;
  const { delta, variance } = dominance(arms);
  const z = normalQuantile((1 + confidence) / 2, 0, 1);
  return { kind: 'cliffs-delta', delta, ...interval(delta, variance, z, arms), n: sizesOf(arms) };
}

function dominance({ treatment, baseline }: Arms): { readonly delta: number; readonly variance: number } {
  const [nx, ny] = [treatment.length, baseline.length];
  const rows = treatment.map((x) => baseline.map((y) => Math.sign(x - y)));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const delta = sum(rows.map(sum)) / (nx * ny);
  const squaresOf = (values: readonly number[]) => sum(values.map((value) => (value - delta) ** 2));
  const ofRows = squaresOf(rows.map((row) => sum(row) / ny));
  const ofColumns = squaresOf(baseline.map((_, column) => sum(rows.map((row) => row[column] ?? 0)) / nx));
  const ofCells = sum(rows.map(squaresOf));
  const unbiased = (ny ** 2 * ofRows + nx ** 2 * ofColumns - ofCells) / (nx * ny * (nx - 1) * (ny - 1));
  return { delta, variance: Math.max(unbiased, (1 - delta ** 2) / (nx * ny - 1)) };
}

function interval(delta: number, variance: number, z: number, { treatment, baseline }: Arms) {
  if (Math.abs(delta) === 1) {
    const n = Math.min(treatment.length, baseline.length);
    const inner = (delta * (n - z ** 2)) / (n + z ** 2);
    return { ciLow: Math.min(inner, delta), ciHigh: Math.max(inner, delta) };
  }
  const spread = z * Math.sqrt(variance) * Math.sqrt((1 - delta ** 2) ** 2 + z ** 2 * variance);
  const divisor = 1 - delta ** 2 + z ** 2 * variance;
  const centre = delta - delta ** 3;
  return { ciLow: (centre - spread) / divisor, ciHigh: (centre + spread) / divisor };
}
