/**
 * Mann and Whitney's test (Wilcoxon's rank sum): does one arm lie higher, whatever the shape of the distributions?
 *
 * U = #{xᵢ > yⱼ} + ½#{xᵢ = yⱼ}. Up to 50 trials in all p is exact: the share of all choices of nₓ among the N trials,
 * with their mid-ranks, whose U is at least as far out. Two-sided, "far out" is |U − nₓnᵧ/2|, as in `coin`. Above,
 * p is that of the normal distribution with σ² = nₓnᵧ/12 · (N + 1 − Σ(t³ − t)/(N(N − 1))) and ½ of continuity.
 * With few trials no data at all can make p small (0.1 for 3 against 3): `minimumP` says how small it can get.
 * Source: H. B. Mann and D. R. Whitney, Ann. Math. Stat. 18 (1947); E. L. Lehmann, "Nonparametrics" (1975), 1.4.
 * Oracle: R `coin::wilcox_test(distribution = "exact")`; R `wilcox.test(exact = FALSE)`.
 */
import normalCdf from '@stdlib/stats-base-dists-normal-cdf';
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { midRanks, sum, type MidRanks } from '../ranks/mid-ranks.ts';
import { probabilityAtLeast, probabilityAtMost, rankSums } from '../ranks/rank-sum-distribution.ts';
import { armsOf, constantData, sizesOf, type ArmSizes } from './arms.ts';
import type { Alternative } from './welch.ts';

export interface MannWhitney {
  readonly kind: 'mann-whitney';
  /** 0 … nₓnᵧ; a tie counts one half. */
  readonly u: number;
  /** U / nₓnᵧ: how often a trial of the treatment lies above one of the baseline. */
  readonly superiority: number;
  readonly p: number;
  readonly method: 'exact' | 'normal approximation';
  /** The smallest p that any arrangement of these values could have given. */
  readonly minimumP: number;
  readonly n: ArmSizes;
}

/** Trials of both arms up to which p is exact. */
export const mostForExact = 50;

/**
 * @param treatment one figure a trial, finite, at least 1 trial; the unit must be that of the baseline
 * @returns `too-few-trials`, `constant-data` when all values of both arms are equal, or `non-positive-values` for one
 *   that is not finite
 */
export function mannWhitney(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  alternative: Alternative = 'two-sided',
): MannWhitney | Degenerate {
  const arms = armsOf(treatment, baseline, 1);
  if (isDegenerate(arms)) return arms;
  const n = sizesOf(arms);
  const ranks = midRanks([...arms.treatment, ...arms.baseline]);
  const total = n.treatment + n.baseline;
  if (ranks.tieTerm === total ** 3 - total) return constantData(arms) as Degenerate;
  const rankSum = sum(ranks.doubled.slice(0, n.treatment));
  const u = (rankSum - n.treatment * (n.treatment + 1)) / 2;
  const isExact = total <= mostForExact;
  const { p, minimumP } = isExact
    ? exact(ranks, n, rankSum, alternative)
    : approximate(ranks, n, rankSum, alternative);
  const method = isExact ? 'exact' : 'normal approximation';
  return { kind: 'mann-whitney', u, superiority: u / (n.treatment * n.baseline), p, method, minimumP, n };
}

interface Probabilities {
  readonly p: number;
  readonly minimumP: number;
}

function exact(ranks: MidRanks, n: ArmSizes, rankSum: number, alternative: Alternative): Probabilities {
  const distribution = rankSums(ranks.doubled, n.treatment);
  const centre = expectedSum(n);
  const pOf = (observed: number) => {
    if (alternative === 'greater') return probabilityAtLeast(distribution, observed);
    if (alternative === 'less') return probabilityAtMost(distribution, observed);
    const distance = Math.abs(observed - centre);
    if (distance === 0) return 1;
    return (
      probabilityAtMost(distribution, centre - distance) + probabilityAtLeast(distribution, centre + distance)
    );
  };
  const { least, counts } = distribution;
  return { p: pOf(rankSum), minimumP: Math.min(pOf(least), pOf(least + counts.length - 1)) };
}

function approximate(ranks: MidRanks, n: ArmSizes, rankSum: number, alternative: Alternative): Probabilities {
  const spread = 2 * rankSumDeviation(ranks, n);
  const pOf = (observed: number) => {
    const distance = observed - expectedSum(n);
    // Half a step of U is a whole one of the doubled sum.
    if (alternative === 'greater') return normalCdf((1 - distance) / spread, 0, 1);
    if (alternative === 'less') return normalCdf((distance + 1) / spread, 0, 1);
    return 2 * normalCdf(-Math.max(0, Math.abs(distance) - 1) / spread, 0, 1);
  };
  const sorted = ranks.doubled.toSorted((a, b) => a - b);
  const [lowest, highest] = [sorted.slice(0, n.treatment), sorted.slice(n.baseline)];
  return { p: pOf(rankSum), minimumP: Math.min(pOf(sum(lowest)), pOf(sum(highest))) };
}

/** Of the doubled rank sum of the treatment, under the null. */
function expectedSum({ treatment, baseline }: ArmSizes): number {
  return treatment * (treatment + baseline + 1);
}

/** Standard deviation of U (of the plain rank sum) under the null, with the correction for ties. */
export function rankSumDeviation({ tieTerm }: MidRanks, { treatment, baseline }: ArmSizes): number {
  const total = treatment + baseline;
  return Math.sqrt(((treatment * baseline) / 12) * (total + 1 - tieTerm / (total * (total - 1))));
}
