/**
 * What a procedure does over many simulated experiments whose truth is known. Seeded: the same number of simulations
 * gives the same result. `STRATA_SIMULATIONS=100000` asks for a longer run; the bands stay those of 2 000.
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import { trialSummary, type TrialSummary } from '../trial-summary.ts';
import { normalStream } from './random-stream.ts';

/** 2 000 rejections at α = 0.05: 99 of 100 correct procedures stay within 76 … 126 of them. */
export const falsePositives = { least: 0.038, most: 0.063 };
/** Of a 95 % interval. */
export const coverage = { least: 0.93, most: 0.97 };

const simulations = Math.max(2_000, Number(process.env['STRATA_SIMULATIONS'] ?? 0));

/** Draws an arm of n trials, one a block, around `centre`: log-normal with this spread of the logarithms. */
export type DrawArm = (n: number, centre: number, spread: number) => readonly TrialSummary[];

/** The share of simulated experiments in which something happened. @param once one experiment */
export function shareOf(seed: number, once: (draw: DrawArm, normal: () => number) => boolean): number {
  const normal = normalStream(seed);
  const draw: DrawArm = (n, centre, spread) =>
    armOfValues(Array.from({ length: n }, () => centre * Math.exp(spread * normal())));
  let count = 0;
  for (let run = 0; run < simulations; run += 1) if (once(draw, normal)) count += 1;
  return count / simulations;
}

export function armOfValues(values: readonly number[]): readonly TrialSummary[] {
  return values.map((value, index) => trialSummary(`trial-${index}`, index, value));
}

/** Values at the normal quantiles: an arm whose spread of logarithms is what it was made of. */
export function typicalArm(n: number, centre: number, spread: number): readonly TrialSummary[] {
  const scores = Array.from({ length: n }, (_, index) => normalQuantile((index + 0.5) / n, 0, 1));
  const scale = spread / Math.sqrt(scores.reduce((sum, score) => sum + score ** 2, 0) / (n - 1));
  return armOfValues(scores.map((score) => centre * Math.exp(score * scale)));
}
