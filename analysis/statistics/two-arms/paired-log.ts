/**
 * The comparison of two cells that ran in the same blocks: Student's t test of the logarithms' differences within the
 * blocks.
 *
 * With d_b = ln x_b − ln y_b for block b: ratio = exp(d̄), t = (d̄ − ln θ) / (s_d/√B), B − 1 degrees of freedom. It gains
 * where blocks differ from one another and loses half of the degrees of freedom where they do not.
 * Source: Student, "The probable error of a mean", Biometrika 6 (1908); for blocks, R. A. Fisher, "The design of
 * experiments" (1935). Oracle: R `t.test(log(x), log(y), paired = TRUE, mu = log(theta))`.
 */
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { TrialSummary } from '../../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from '../outcome.ts';
import { isConstant, type Arms } from './arms.ts';
import { pairedArmsOf } from './pairs.ts';
import { refuseProbability, refuseRatio } from './question.ts';
import type { RatioQuestion } from './welch-log.ts';
import { meanAndError, tailProbability, type Alternative } from './welch.ts';

export interface PairedComparison {
  readonly kind: 'paired';
  /** Of geometric means over the pairs, treatment / baseline; no unit. */
  readonly ratio: number;
  /** Two-sided interval of the ratio, whatever the alternative. */
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly pairs: number;
  /** Trials whose partner is missing: they did not enter. */
  readonly unpaired: number;
}

/**
 * @param treatment one figure a trial, > 0, at most one trial a block, in the unit of the baseline
 * @returns `unbalanced` when a block holds an arm twice, `too-few-trials` for fewer than 2 pairs,
 *   `non-positive-values`, or `constant-data` when the ratio is the same in every block
 * @throws RangeError for a null ratio that is not positive, or a confidence outside (0, 1)
 */
export function comparePairs(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  { nullRatio = 1, alternative = 'two-sided', confidence = 0.95 }: RatioQuestion = {},
): PairedComparison | Degenerate {
  refuseRatio(nullRatio);
  refuseProbability('confidence', confidence);
  const arms = pairedArmsOf(treatment, baseline);
  if (isDegenerate(arms)) return arms;
  const ratios = ratiosOf(arms);
  const pairs = ratios.length;
  if (isConstant(ratios)) return degenerate('constant-data', `the ratio is the same in all ${pairs} blocks`);
  const { mean, error } = meanAndError(ratios.map(Math.log));
  const df = pairs - 1;
  const t = (mean - Math.log(nullRatio)) / error;
  const reach = tQuantile((1 + confidence) / 2, df) * error;
  const [ratio, ciLow, ciHigh] = [Math.exp(mean), Math.exp(mean - reach), Math.exp(mean + reach)];
  const p = tailProbability(t, df, alternative);
  const unpaired = treatment.length + baseline.length - 2 * pairs;
  return { kind: 'paired', ratio, ciLow, ciHigh, t, df, p, pairs, unpaired };
}

/**
 * The p of H₀ mean x = θ · mean y on the values: Student's t test of x_b − θ·y_b. With the one on logarithms it makes
 * the paired margin test, as Fieller's does of independent arms. Oracle: R `t.test(x, theta * y, paired = TRUE)`.
 *
 * @returns as `comparePairs`; `constant-data` when the differences are the same in every block
 */
export function fiellerPairs(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  nullRatio: number,
  alternative: Alternative,
): { readonly p: number } | Degenerate {
  refuseRatio(nullRatio);
  const arms = pairedArmsOf(treatment, baseline);
  if (isDegenerate(arms)) return arms;
  const differences = arms.treatment.map((value, index) => value - nullRatio * (arms.baseline[index] ?? NaN));
  const { mean, error } = meanAndError(differences);
  if (error === 0)
    return degenerate('constant-data', `the difference is the same in all ${differences.length} blocks`);
  return { p: tailProbability(mean / error, differences.length - 1, alternative) };
}

function ratiosOf({ treatment, baseline }: Arms): readonly number[] {
  return treatment.map((value, index) => value / (baseline[index] ?? Number.NaN));
}
