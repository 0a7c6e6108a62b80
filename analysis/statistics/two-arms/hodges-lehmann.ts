/**
 * Hodges and Lehmann's estimate of the ratio of two arms that differ by a factor, with the interval that belongs to
 * Mann and Whitney's test: by how much does the treatment lie higher, unmoved by a wild trial?
 *
 * On logarithms: exp of the median of all nₓnᵧ differences ln xᵢ − ln yⱼ. The ends of the interval are the differences
 * D₍ᵢ₎ that the test would just not reject as a shift: D₍ₘ₋ᵤ₎ and D₍ₘ₋ₗ₊₁₎ of the m = nₓnᵧ sorted ones, with l and u the
 * α/2 and 1 − α/2 quantiles of U, exact up to 50 trials in all (with the ties of the data), normal above. With too few
 * trials an end does not exist: it is then 0 or null, and `bounded` says so.
 * Source: J. L. Hodges and E. L. Lehmann, Ann. Math. Stat. 34 (1963); D. F. Bauer, "Constructing confidence sets using
 * rank statistics", JASA 67 (1972). Oracle: `confint` of R `coin::wilcox_test(conf.int = TRUE)`.
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { midRanks } from '../ranks/mid-ranks.ts';
import { rankSumQuantile, rankSums } from '../ranks/rank-sum-distribution.ts';
import { logsOf, meanArmsOf, sizesOf, type Arms, type ArmSizes } from './arms.ts';
import { mostForExact, rankSumDeviation } from './mann-whitney.ts';
import { refuseProbability } from './question.ts';

export interface HodgesLehmann {
  readonly kind: 'hodges-lehmann';
  /** The factor between the arms, treatment / baseline; no unit. */
  readonly ratio: number;
  /** 0 when there are too few trials for a lower end. */
  readonly ciLow: number;
  /** null when there are too few trials for an upper end. */
  readonly ciHigh: number | null;
  readonly bounded: boolean;
  readonly method: 'exact' | 'normal approximation';
  readonly n: ArmSizes;
}

/**
 * @param treatment one figure a trial, > 0, at least 2 trials; the unit must be that of the baseline
 * @returns `too-few-trials`, `non-positive-values`, or `constant-data` when neither arm varies
 * @throws RangeError for a confidence outside (0, 1)
 */
export function hodgesLehmann(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  confidence = 0.95,
): HodgesLehmann | Degenerate {
  refuseProbability('confidence', confidence);
  const arms = meanArmsOf(treatment, baseline);
  if (isDegenerate(arms)) return arms;
  const n = sizesOf(arms);
  const { treatment: x, baseline: y } = logsOf(arms);
  const differences = Float64Array.from(x.flatMap((of) => y.map((from) => of - from))).sort();
  const isExact = n.treatment + n.baseline <= mostForExact;
  const [low, high] = (isExact ? exactQuantiles : normalQuantiles)(arms, (1 - confidence) / 2);
  const { length } = differences;
  const ciLow = Math.exp(differences[length - Math.floor(high) - 1] ?? -Infinity);
  const upperLog = differences[length - Math.ceil(low)];
  const ciHigh = upperLog === undefined ? null : Math.exp(upperLog);
  const ratio = Math.exp(
    ((differences[Math.floor((length - 1) / 2)] ?? 0) + (differences[Math.floor(length / 2)] ?? 0)) / 2,
  );
  const method = isExact ? 'exact' : 'normal approximation';
  return { kind: 'hodges-lehmann', ratio, ciLow, ciHigh, bounded: ciLow > 0 && ciHigh !== null, method, n };
}

/** The `tail` and 1 − `tail` quantiles of U under the null. */
function exactQuantiles({ treatment, baseline }: Arms, tail: number): readonly [number, number] {
  const distribution = rankSums(midRanks([...treatment, ...baseline]).doubled, treatment.length);
  const leastSum = treatment.length * (treatment.length + 1);
  const quantile = (probability: number) => (rankSumQuantile(distribution, probability) - leastSum) / 2;
  return [quantile(tail), quantile(1 - tail)];
}

function normalQuantiles(arms: Arms, tail: number): readonly [number, number] {
  const n = sizesOf(arms);
  const centre = (n.treatment * n.baseline) / 2;
  const deviation = rankSumDeviation(midRanks([...arms.treatment, ...arms.baseline]), n);
  return [tail, 1 - tail].map((probability) => normalQuantile(probability, centre, deviation)) as [
    number,
    number,
  ];
}
