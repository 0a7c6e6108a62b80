/**
 * The exact distribution of the sum of k ranks drawn without replacement: under the null every choice of the
 * treatment's trials among all trials is equally likely, ties included.
 *
 * c(i, k, s) = c(i−1, k, s) + c(i−1, k−1, s − rᵢ): of the first i ranks, in how many ways k of them make the sum s.
 * The counts stay below C(50, 25) ≈ 1.3·10¹⁴ < 2⁵³, so that they and every tail are exact whole numbers.
 * Source: B. Streitberg and J. Röhmel, "Exact distributions for permutation and rank tests: an introduction to some
 * recently published algorithms", Statistical Software Newsletter 12 (1986). Oracle: R `coin`, distribution = "exact".
 */
export interface RankSums {
  /** The least sum there is; `counts[i]` choices have the sum least + i. */
  readonly least: number;
  readonly counts: Float64Array;
  /** All choices: C(N, k). */
  readonly total: number;
}

/**
 * @param doubledRanks of all values, in any order (`mid-ranks.ts`); at most 50, so that the counts are exact
 * @param chosen how many of them make the sum; 0 < chosen < N
 */
export function rankSums(doubledRanks: readonly number[], chosen: number): RankSums {
  const left = doubledRanks.length - chosen;
  if (left < chosen) return mirrored(rankSums(doubledRanks, left), doubledRanks);
  const ranks = [...doubledRanks].sort((a, b) => a - b);
  const sumOf = (some: readonly number[]) => some.reduce((sum, rank) => sum + rank, 0);
  const least = sumOf(ranks.slice(0, chosen));
  const width = sumOf(ranks.slice(left)) + 1;
  const counts = countChoices(ranks, chosen, width).subarray(chosen * width + least, (chosen + 1) * width);
  return { least, counts, total: counts.reduce((total, count) => total + count, 0) };
}

/**
 * Row k, column s: the ways to choose k ranks with the sum s. Only sums that the ranks seen so far can make are touched:
 * from the k smallest, which are the first ones, to the k largest of them; and only rows from which the ranks to come
 * can still make up the number.
 */
function countChoices(ranks: readonly number[], chosen: number, width: number): Float64Array {
  const counts = new Float64Array((chosen + 1) * width);
  counts[0] = 1;
  const upTo = [0];
  ranks.forEach((rank, index) => upTo.push((upTo[index] ?? 0) + rank));
  ranks.forEach((rank, index) => {
    const fewest = Math.max(1, chosen - (ranks.length - 1 - index));
    for (let k = Math.min(chosen, index + 1); k >= fewest; k -= 1) {
      const from = (upTo[k - 1] ?? 0) + k * width;
      const to = (upTo[index] ?? 0) - (upTo[index - k + 1] ?? 0) + k * width;
      for (let at = from; at <= to; at += 1)
        counts[at + rank] = (counts[at + rank] ?? 0) + (counts[at - width] ?? 0);
    }
  });
  return counts;
}

/** The sum of the others is what is missing to the sum of all. */
function mirrored({ least, counts, total }: RankSums, doubledRanks: readonly number[]): RankSums {
  const all = doubledRanks.reduce((sum, rank) => sum + rank, 0);
  return { least: all - (least + counts.length - 1), counts: counts.toReversed(), total };
}

/** P(sum ≤ bound). */
export function probabilityAtMost({ least, counts, total }: RankSums, bound: number): number {
  const end = Math.min(counts.length, Math.floor(bound - least) + 1);
  let ways = 0;
  for (let index = 0; index < end; index += 1) ways += counts[index] ?? 0;
  return ways / total;
}

/** P(sum ≥ bound). */
export function probabilityAtLeast({ least, counts, total }: RankSums, bound: number): number {
  let ways = 0;
  for (let index = Math.max(0, Math.ceil(bound - least)); index < counts.length; index += 1)
    ways += counts[index] ?? 0;
  return ways / total;
}

/** The smallest sum s with P(sum ≤ s) ≥ probability. */
export function rankSumQuantile({ least, counts, total }: RankSums, probability: number): number {
  let ways = 0;
  let index = -1;
  do {
    index += 1;
    ways += counts[index] ?? 0;
  } while (ways < probability * total && index < counts.length - 1);
  return least + index;
}
