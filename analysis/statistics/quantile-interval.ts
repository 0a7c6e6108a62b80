/**
 * Interval of a quantile by order statistics, and the Harrell–Davis estimate of it. Neither assumes a shape of the
 * distribution. Over trials: what the p-quantile of all trials that might be run is likely to be.
 */
import betaCdf from '@stdlib/stats-base-dists-beta-cdf';
import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import binomialQuantile from '@stdlib/stats-base-dists-binomial-quantile';
import type { TrialSummary } from '../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from './outcome.ts';

export interface QuantileInterval {
  /** −∞ or ∞ where the sample is too small to bound that side. */
  readonly low: number;
  readonly high: number;
  /** 1-based order statistics; 0 and n + 1 stand for the infinite. */
  readonly lowRank: number;
  readonly highRank: number;
  /** P(low ≤ quantile < high) for a continuous distribution, at least the level. */
  readonly coverage: number;
}

/**
 * [x₍l₎, x₍u₎] with l = qbinom(α/2; n, p) and u = qbinom(1 − α/2; n, p) + 1 (Conover, "Practical Nonparametric Statistics",
 * 1999, 3.2): the number of values at or below the quantile is binomial. A side needs n large enough to be finite: both are
 * from n = 6, 36, 72, 368, 3688 on for p = .5, .9, .95, .99, .999 at level .95.
 *
 * @param probability strictly between 0 and 1
 */
export function quantileInterval(
  trials: readonly TrialSummary[],
  probability: number,
  level = 0.95,
): QuantileInterval | Degenerate {
  const sorted = ascending(trials, probability);
  if (isDegenerate(sorted)) return sorted;
  const n = sorted.length;
  const tail = (1 - level) / 2;
  // It gives −0, too.
  const lowRank = Math.max(0, binomialQuantile(tail, n, probability));
  const highRank = binomialQuantile(1 - tail, n, probability) + 1;
  const upTo = (rank: number) => (rank <= 0 ? 0 : binomialCdf(rank - 1, n, probability));
  return {
    low: lowRank === 0 ? -Infinity : (sorted[lowRank - 1] ?? -Infinity),
    high: highRank > n ? Infinity : (sorted[highRank - 1] ?? Infinity),
    lowRank,
    highRank,
    coverage: (highRank > n ? 1 : upTo(highRank)) - upTo(lowRank),
  };
}

/**
 * Σ wᵢ x₍ᵢ₎ with wᵢ = I_{i/n}(a, b) − I_{(i−1)/n}(a, b), a = (n + 1) p, b = (n + 1)(1 − p) (Harrell and Davis, "A new
 * distribution-free quantile estimator", Biometrika 1982): the mean of the order statistic, smoother than any single one.
 *
 * @param probability strictly between 0 and 1
 */
export function harrellDavis(trials: readonly TrialSummary[], probability: number): number | Degenerate {
  const sorted = ascending(trials, probability);
  if (isDegenerate(sorted)) return sorted;
  const n = sorted.length;
  const [a, b] = [(n + 1) * probability, (n + 1) * (1 - probability)];
  let [estimate, below] = [0, 0];
  for (let rank = 1; rank <= n; rank += 1) {
    const upTo = betaCdf(rank / n, a, b);
    estimate += (upTo - below) * (sorted[rank - 1] ?? NaN);
    below = upTo;
  }
  return estimate;
}

function ascending(trials: readonly TrialSummary[], probability: number): Float64Array | Degenerate {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`${probability} is no probability of a quantile`);
  if (trials.length === 0) return degenerate('too-few-trials', 'no trials; a quantile needs 1');
  const odd = trials.find(({ value }) => !Number.isFinite(value));
  if (odd !== undefined)
    return degenerate('non-positive-values', `trial ${odd.trialId} has the value ${odd.value}`);
  return Float64Array.from(trials, ({ value }) => value).sort();
}
