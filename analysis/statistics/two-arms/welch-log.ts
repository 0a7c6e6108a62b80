/**
 * The default comparison of two cells: Welch's t test on the logarithms of the trials' figures.
 *
 * Trial metrics are positive and skewed, and effects on them are factors, not summands: on the logarithm the means
 * are compared as a ratio of geometric means, exp(mean ln x − mean ln y), with the interval exp(d ± t · se). A margin
 * is a null of its own: H₀: ratio = θ, i.e. a difference of ln θ.
 * Source: Welch 1947 (see `welch.ts`); for performance ratios, T. Kalibera and R. Jones, "Rigorous benchmarking in
 * reasonable time", ISMM 2013. Oracle: R `t.test(log(x), log(y), mu = log(theta))`.
 */
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { logsOf, meanArmsOf, sizesOf, type ArmSizes } from './arms.ts';
import { refuseProbability, refuseRatio } from './question.ts';
import { welch, type Alternative } from './welch.ts';

export interface RatioQuestion {
  /** The ratio treatment / baseline of H₀; > 0; 1 when not given. */
  readonly nullRatio?: number;
  readonly alternative?: Alternative;
  /** Of the two-sided interval; 0.95 when not given. Take 1 − 2α beside a one-sided test at α. */
  readonly confidence?: number;
}

export interface MeanComparison {
  readonly kind: 'welch';
  /** Of geometric means, treatment / baseline; no unit. */
  readonly ratio: number;
  /** Two-sided interval of the ratio, whatever the alternative. */
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly n: ArmSizes;
}

/**
 * @param treatment one figure a trial, > 0, at least 2 trials; the unit must be that of the baseline
 * @returns `too-few-trials`, `non-positive-values`, or `constant-data` when neither arm varies
 * @throws RangeError for a null ratio that is not positive, or a confidence outside (0, 1)
 */
export function compareMeans(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  { nullRatio = 1, alternative = 'two-sided', confidence = 0.95 }: RatioQuestion = {},
): MeanComparison | Degenerate {
  refuseRatio(nullRatio);
  refuseProbability('confidence', confidence);
  const arms = meanArmsOf(treatment, baseline);
  if (isDegenerate(arms)) return arms;
  const { t, df, p, ciLow, ciHigh } = welch(logsOf(arms), Math.log(nullRatio), alternative, confidence);
  const ratio = Math.exp((ciLow + ciHigh) / 2);
  return {
    kind: 'welch',
    ratio,
    ciLow: Math.exp(ciLow),
    ciHigh: Math.exp(ciHigh),
    t,
    df,
    p,
    n: sizesOf(arms),
  };
}
