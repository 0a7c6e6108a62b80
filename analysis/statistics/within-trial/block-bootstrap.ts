/**
 * Interval of the mean of an autocorrelated series within one trial by the circular block bootstrap (Politis and
 * Romano, "A circular block-resampling procedure for stationary data", 1992): whole blocks are drawn, so that what
 * neighbours share stays in the resample. It says how well one trial knows its own mean; it says nothing of the next
 * trial and enters no verdict.
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import studentTQuantile from '@stdlib/stats-base-dists-t-quantile';
import { drawBelow, randomStream } from '../random-stream.ts';
import { degenerate, type Degenerate } from '../outcome.ts';
import { automaticBlockLength } from './block-length.ts';

const fewestBlocks = 4;

export interface WithinTrialInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
  readonly blockLength: number;
}

/**
 * mean = Σ wᵢ xᵢ / Σ wᵢ; each resample draws ⌈n / b⌉ blocks of b consecutive places, around the end to the beginning.
 * b is twice the automatic length, which is best for a variance and too short for an interval, and with k = n / b
 * blocks the percentiles are widened about the mean by t(k − 1) / z · √(k / (k − 1)), since few blocks vary too little.
 * Simulated on AR(1) series with φ = 0.9, of 95 % intervals so many hold the mean: 90 % at n = 100, 93 % at 200, 94 %
 * at 500 and more; without the two corrections 86 % at 200.
 *
 * @param series values at equal distances in time, any unit
 * @param weights number of requests behind each value; positive
 * @param resamples B
 */
export function blockBootstrapMeanWithinTrial(
  series: readonly number[],
  weights: readonly number[],
  seed: number,
  resamples = 9999,
  level = 0.95,
): WithinTrialInterval | Degenerate {
  const n = series.length;
  if (n < 8) return degenerate('too-few-trials', `a series of ${n} values has no blocks to draw; it needs 8`);
  if (series.every((value) => value === series[0]))
    return degenerate('constant-data', `all ${n} values of the series are ${series[0] ?? 'missing'}`);
  const blockLength = Math.min(2 * automaticBlockLength(series), Math.floor(n / fewestBlocks));
  const sums = circularSums(
    series.map((value, index) => value * (weights[index] ?? 0)),
    blockLength,
  );
  const totals = circularSums(weights, blockLength);
  const mean = (sums.whole ?? NaN) / (totals.whole ?? NaN);
  const means = resampledMeans(sums.blocks, totals.blocks, Math.ceil(n / blockLength), resamples, seed);
  const tail = (1 - level) / 2;
  const widening = wideningFor(n / blockLength, 1 - tail);
  const at = (probability: number) => means[Math.round(probability * (resamples + 1)) - 1] ?? NaN;
  return {
    mean,
    low: mean + widening * (at(tail) - mean),
    high: mean + widening * (at(1 - tail) - mean),
    blockLength,
  };
}

function wideningFor(blocks: number, probability: number): number {
  const ratio = studentTQuantile(probability, blocks - 1) / normalQuantile(probability, 0, 1);
  return ratio * Math.sqrt(blocks / (blocks - 1));
}

/** The sum of the block that begins at each place, and of the whole series. */
function circularSums(values: readonly number[], blockLength: number) {
  const n = values.length;
  const running = new Float64Array(n + blockLength + 1);
  for (let index = 0; index < n + blockLength; index += 1)
    running[index + 1] = (running[index] ?? 0) + (values[index % n] ?? 0);
  const blocks = Float64Array.from(
    { length: n },
    (_, start) => (running[start + blockLength] ?? 0) - (running[start] ?? 0),
  );
  return { blocks, whole: running[n] };
}

function resampledMeans(
  sums: Float64Array,
  totals: Float64Array,
  blocks: number,
  resamples: number,
  seed: number,
): Float64Array {
  const next = randomStream(seed);
  const means = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample += 1) {
    let [sum, total] = [0, 0];
    for (let block = 0; block < blocks; block += 1) {
      const start = drawBelow(next, sums.length);
      sum += sums[start] ?? 0;
      total += totals[start] ?? 0;
    }
    means[resample] = sum / total;
  }
  return means.sort();
}
