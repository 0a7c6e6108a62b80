/**
 * How much a value within one trial tells of the next: neighbours of a latency series resemble each other, so that n
 * of them say less than n independent ones. A description of one trial, not an inference over trials.
 */
import { degenerate, type Degenerate } from '../outcome.ts';

export interface Autocorrelation {
  /** ρ₀ … ρ_k, ρ₀ = 1. */
  readonly lags: readonly number[];
  /** n / τ: so many independent values have the same standard error of the mean; at most n. */
  readonly effectiveN: number;
}

/**
 * ρ_k = Σ (x_t − m)(x_{t+k} − m) / Σ (x_t − m)², the estimator of R's `acf`, up to lag `maxLag`. τ = 1 + 2 Σ ρ_k, summed
 * over pairs ρ_{2j} + ρ_{2j+1} as long as they are positive and made monotone (Geyer, "Practical Markov chain Monte
 * Carlo", Statistical Science 1992), because the tail of an estimated autocorrelation is noise.
 *
 * @param series values at equal distances in time, any unit
 */
export function autocorrelationWithinTrial(
  series: readonly number[],
  maxLag = series.length - 1,
): Autocorrelation | Degenerate {
  const n = series.length;
  if (n < 3)
    return degenerate('too-few-trials', `a series of ${n} values has no autocorrelation; it needs 3`);
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  const deviations = Float64Array.from(series, (value) => value - mean);
  const square = productAtLag(deviations, 0);
  if (!(square > 0))
    return degenerate('constant-data', `all ${n} values of the series are ${series[0] ?? 'missing'}`);
  const lags = Array.from(
    { length: Math.min(maxLag, n - 1) + 1 },
    (_, lag) => productAtLag(deviations, lag) / square,
  );
  return { lags, effectiveN: Math.min(n, n / correlationTime(lags)) };
}

function productAtLag(deviations: Float64Array, lag: number): number {
  let sum = 0;
  for (let t = 0; t + lag < deviations.length; t += 1)
    sum += (deviations[t] ?? 0) * (deviations[t + lag] ?? 0);
  return sum;
}

/** τ of Geyer's initial monotone sequence: −1 + 2 Σ of the pairs. */
function correlationTime(lags: readonly number[]): number {
  let total = 0;
  let least = Infinity;
  for (let lag = 0; lag + 1 < lags.length; lag += 2) {
    const pair = (lags[lag] ?? 0) + (lags[lag + 1] ?? 0);
    if (pair <= 0) break;
    least = Math.min(least, pair);
    total += least;
  }
  return Math.max(2 * total - 1, Number.EPSILON);
}
