/**
 * What a comparison finds where there is nothing to find: the pairs of an A/A run are split anew, many times, by
 * seeded chance within each block, and every split is compared as if its halves were two cells.
 *
 * The noise floor is the 95th percentile of |ln ratio of geometric means| over the splits, given as a ratio. It falls
 * with the number of trials, so it is computed for several: a comparison of 5 trials a cell must not be held against
 * the floor of 20. The share of splits that Welch's test rejects at α = 0.05 would be 5 % if trials were independent;
 * it lies below where blocks differ (drift that both copies share), above where the error is too small. Splits share
 * their trials, so that the share has no binomial interval of its own.
 */
import { derivedRandom, shuffled, type RandomSource } from '../../harness/foundation/random.ts';
import { isDegenerate } from '../statistics/outcome.ts';
import { compareMeans } from '../statistics/two-arms/welch-log.ts';
import type { Pair } from './two-copies.ts';

export interface Floor {
  /** Trials a cell. */
  readonly trials: number;
  /** ≥ 1: 1.031 says that 95 % of the splits lay within a factor of 1.031. */
  readonly ratio: number;
}

export interface SplitRejections {
  readonly splits: number;
  readonly rejected: number;
}

export const splitCount = 2000;
const alpha = 0.05;
const sizes = [5, 10, 20, 50, 100];
/** Fewer pairs have so few splits that their 95th percentile is the largest of them. */
export const fewestPairs = 5;

/** Rising in trials; empty for fewer than five pairs. @param pairs positive figures */
export function noiseFloors(pairs: readonly Pair[], seed: number): readonly Floor[] {
  if (pairs.length < fewestPairs) return [];
  const differences = pairs.map(({ a, b }) => Math.log(b.value / a.value));
  const counts = [...new Set([...sizes.filter((size) => size < pairs.length), pairs.length])];
  return counts.map((trials) => {
    const random = derivedRandom(seed, `floor of ${trials}`);
    const sizesOfSplits = Array.from({ length: splitCount }, () => {
      const chosen =
        trials === differences.length ? differences : shuffled(differences, random).slice(0, trials);
      const sum = chosen.reduce(
        (total, difference) => total + (isSwapped(random) ? -difference : difference),
        0,
      );
      return Math.abs(sum) / trials;
    });
    return { trials, ratio: Math.exp(upperPercentile(sizesOfSplits)) };
  });
}

/** Welch's test at 0.05 on each split of all pairs; none where it cannot be made. */
export function splitRejections(pairs: readonly Pair[], seed: number): SplitRejections {
  if (pairs.length < fewestPairs) return { splits: 0, rejected: 0 };
  const random = derivedRandom(seed, 'rejections');
  const outcomes = Array.from({ length: splitCount }, () => rejects(pairs, random)).filter(
    (outcome) => outcome !== null,
  );
  return { splits: outcomes.length, rejected: outcomes.filter((isRejected) => isRejected).length };
}

function rejects(pairs: readonly Pair[], random: RandomSource): boolean | null {
  const halves = pairs.map((pair) => (isSwapped(random) ? { a: pair.b, b: pair.a } : pair));
  const compared = compareMeans(
    halves.map(({ b }) => b),
    halves.map(({ a }) => a),
  );
  return isDegenerate(compared) ? null : compared.p < alpha;
}

function isSwapped(random: RandomSource): boolean {
  return random.nextUint32() >= 2 ** 31;
}

/** The smallest value that at least 95 % of them do not exceed. */
function upperPercentile(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? 0;
}
