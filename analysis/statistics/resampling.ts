/**
 * Bootstrap intervals of the geometric mean of trials. Trials are drawn, never requests, and never fewer than 20: with
 * few trials a bootstrap interval is too narrow by construction, and the interval of `welch-log` or of
 * `cell-summary.ts` is the one to use.
 */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { TrialSummary } from '../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from './outcome.ts';
import { randomWords } from './random-stream.ts';

export interface BootstrapInterval {
  /** Geometric mean of the trials, in the unit of their metric. */
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly resamples: number;
}

const fewestTrials = 20;

/**
 * Percentile interval: the α/2 and 1 − α/2 quantiles (type 7, as scipy) of B resampled means of ln x, raised to e again
 * (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
 */
export function percentileBootstrap(
  trials: readonly TrialSummary[],
  seed: number,
  resamples = 9999,
  level = 0.95,
): BootstrapInterval | Degenerate {
  const logs = logsOf(trials);
  if (isDegenerate(logs)) return logs;
  const means = resampledMeans(logs, seed, resamples).sort();
  const tail = (1 - level) / 2;
  return intervalOf(logs, means, tail, 1 - tail);
}

/**
 * BCa interval (Efron, "Better bootstrap confidence intervals", JASA 1987): the percentiles are moved by the bias
 *
 *   z₀ = Φ⁻¹( (#{m* < m} + #{m* ≤ m}) / 2B )   and the acceleration   a = Σ dᵢ³ / (6 (Σ dᵢ²)^{3/2}),
 *
 * dᵢ the mean of the jackknife means less the one without trial i:  α' = Φ( z₀ + (z₀ + z_α) / (1 − a (z₀ + z_α)) ).
 */
export function bcaBootstrap(
  trials: readonly TrialSummary[],
  seed: number,
  resamples = 9999,
  level = 0.95,
): BootstrapInterval | Degenerate {
  const logs = logsOf(trials);
  if (isDegenerate(logs)) return logs;
  const means = resampledMeans(logs, seed, resamples).sort();
  const bias = normalQuantile(
    (rankOf(means, meanOf(logs), false) + rankOf(means, meanOf(logs), true)) / (2 * resamples),
    0,
    1,
  );
  const acceleration = accelerationOf(logs);
  const moved = (probability: number) => {
    const z = bias + normalQuantile(probability, 0, 1);
    return normalCdf(bias + z / (1 - acceleration * z), 0, 1);
  };
  const tail = (1 - level) / 2;
  return intervalOf(logs, means, moved(tail), moved(1 - tail));
}

function logsOf(trials: readonly TrialSummary[]): Float64Array | Degenerate {
  if (trials.length < fewestTrials)
    return degenerate(
      'too-few-trials',
      `${trials.length} trials; a bootstrap interval needs ${fewestTrials}, with fewer it is too narrow`,
    );
  const odd = trials.find(({ value }) => !(value > 0 && Number.isFinite(value)));
  if (odd !== undefined)
    return degenerate(
      'non-positive-values',
      `trial ${odd.trialId} has the value ${odd.value}, which has no logarithm`,
    );
  if (trials.every(({ value }) => value === trials[0]?.value))
    return degenerate(
      'constant-data',
      `all ${trials.length} trials have the value ${trials[0]?.value ?? 'none'}`,
    );
  return Float64Array.from(trials, ({ value }) => Math.log(value));
}

/** Resamples whose random words are drawn by one call. */
const atOnce = 64;

function resampledMeans(values: Float64Array, seed: number, resamples: number): Float64Array {
  const n = values.length;
  const fill = randomWords(seed);
  const words = new Uint32Array(n * atOnce);
  const scale = n / 2 ** 32;
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample += 1) {
    const from = (resample % atOnce) * n;
    if (from === 0) fill(words);
    let sum = 0;
    for (let place = from; place < from + n; place += 1)
      sum += values[((words[place] ?? 0) * scale) | 0] ?? 0;
    means[resample] = sum / n;
  }
  return means;
}

/** How many are below the value, or not above it. */
function rankOf(ascending: Float64Array, value: number, including: boolean): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = ascending[middle] ?? NaN;
    if (at < value || (including && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of a mean the jackknife means are linear in the values, so that dᵢ is (xᵢ − m) / (n − 1); the factor cancels. */
function accelerationOf(values: Float64Array): number {
  const mean = meanOf(values);
  let [cubes, squares] = [0, 0];
  for (const value of values) {
    cubes += (value - mean) ** 3;
    squares += (value - mean) ** 2;
  }
  return cubes / (6 * squares ** 1.5);
}

function intervalOf(logs: Float64Array, means: Float64Array, from: number, to: number): BootstrapInterval {
  const at = (probability: number) => {
    const position = probability * (means.length - 1);
    const lower = Math.floor(position);
    const [below = NaN, above = below] = [means[lower], means[lower + 1]];
    return Math.exp(below + (position - lower) * (above - below));
  };
  return {
    estimate: Math.exp(meanOf(logs)),
    low: at(from),
    high: at(to),
    n: logs.length,
    resamples: means.length,
  };
}

function meanOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
