/** Which of several groups of trials differ, each pair by the ranks over all groups, corrected over the pairs. */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import type { TrialSummary } from '../../trial-summary.ts';
import { holm } from '../adjust.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { midRanks, sum } from '../ranks/mid-ranks.ts';
import { groupsOf } from './groups.ts';

export interface DunnComparison {
  /** Indices of the groups, first < second. */
  readonly first: number;
  readonly second: number;
  /** Positive when the first group ranks higher. */
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
  /** By Holm over all pairs. */
  readonly pAdjusted: number;
}

/**
 * z = (R̄ᵢ − R̄ⱼ) / √( [ N (N + 1) / 12 − Σ (t³ − t) / (12 (N − 1)) ] · (1/nᵢ + 1/nⱼ) ), R̄ the mean mid-rank of a group (Dunn,
 * "Multiple comparisons using rank sums", Technometrics 1964); Holm over the k (k − 1) / 2 pairs.
 *
 * @param groups at least two, none empty; values in any unit
 */
export function dunn(groups: readonly (readonly TrialSummary[])[]): readonly DunnComparison[] | Degenerate {
  const values = groupsOf(groups);
  if (isDegenerate(values)) return values;
  const { meanRanks, tieTerm, n } = rankedGroups(values);
  const spread = (n * (n + 1)) / 12 - tieTerm / (12 * (n - 1));
  const raw = meanRanks.flatMap((rank, first) =>
    meanRanks.slice(first + 1).map((other, offset) => {
      const second = first + 1 + offset;
      const sizes = 1 / (values[first]?.length ?? 0) + 1 / (values[second]?.length ?? 0);
      const z = (rank - other) / Math.sqrt(spread * sizes);
      return { first, second, z, p: 2 * normalCdf(-Math.abs(z), 0, 1) };
    }),
  );
  const adjusted = holm(raw.map(({ p }) => p));
  return raw.map((comparison, index) => ({ ...comparison, pAdjusted: adjusted[index] ?? 1 }));
}

/** The mean of the mid-ranks of each group over all values, and Σ (t³ − t) over the ties. */
function rankedGroups(groups: readonly (readonly number[])[]) {
  const values = groups.flat();
  const { doubled, tieTerm } = midRanks(values);
  let from = 0;
  const meanRanks = groups.map(({ length }) => {
    const ofGroup = doubled.slice(from, from + length);
    from += length;
    return sum(ofGroup) / 2 / length;
  });
  return { meanRanks, tieTerm, n: values.length };
}
