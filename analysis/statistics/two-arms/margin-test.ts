/**
 * "At least 50 % better", "at most 20 % loss": the ratio against a margin, one-sided, with the margin as the null.
 *
 * Two tests must both reject: Welch on the logarithms (geometric means) and Fieller's on the values (arithmetic
 * means); of arms that are paired by block, Student's test of the pairs on either scale. An arm that is better on one mean only, by its skew or by one wild trial, is not better. The p of the pair
 * is the larger one (intersection-union test: R. L. Berger, "Multiparameter hypothesis testing and acceptance
 * sampling", Technometrics 24 (1982)), which keeps the error at the margin at most α without any correction.
 * A point estimate above the margin is no evidence: at the margin it passes half of the time.
 * Oracle: R `t.test(log(x), log(y), mu = log(theta))` and `t.test(x, theta * y)` with `alternative`.
 */
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import type { ArmSizes } from './arms.ts';
import { compareRatio, pOnValues, type Pairing } from './pairing.ts';
import { refuseProbability } from './question.ts';

export interface MarginQuestion {
  /** The ratio treatment / baseline that the claim must beat; > 0. */
  readonly margin: number;
  /** `at-least`: the claim is ratio > margin; `at-most`: ratio < margin. */
  readonly direction: 'at-least' | 'at-most';
  /** Of the one-sided test; 0.05 when not given. The interval is the two-sided one of 1 − 2α. */
  readonly alpha?: number;
  /** `none` when not given. */
  readonly pairing?: Pairing;
}

export interface MarginTest {
  readonly kind: 'margin';
  /** Of geometric means, treatment / baseline, with its two-sided 1 − 2α interval by the test on logarithms. */
  readonly ratio: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  /** The larger of the two. */
  readonly p: number;
  readonly pOnLogs: number;
  readonly pOnValues: number;
  readonly n: ArmSizes;
}

/**
 * @param treatment one figure a trial, > 0, at least 2 trials; the unit must be that of the baseline
 * @returns `too-few-trials`, `non-positive-values`, `constant-data` when neither arm varies, or what
 *   `comparePairs` says of pairs
 * @throws RangeError for a margin that is not positive, or an α outside (0, 0.5)
 */
export function marginTest(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  { margin, direction, alpha = 0.05, pairing = 'none' }: MarginQuestion,
): MarginTest | Degenerate {
  refuseProbability('2α', 2 * alpha);
  const alternative = direction === 'at-least' ? 'greater' : 'less';
  const question = { nullRatio: margin, alternative } as const;
  const onLogs = compareRatio(treatment, baseline, pairing, { ...question, confidence: 1 - 2 * alpha });
  if (isDegenerate(onLogs)) return onLogs;
  const onValues = pOnValues(treatment, baseline, pairing, question);
  if (isDegenerate(onValues)) return onValues;
  const { ratio, ciLow, ciHigh, p: pOnLogs, n } = onLogs;
  return {
    kind: 'margin',
    ratio,
    ciLow,
    ciHigh,
    p: Math.max(pOnLogs, onValues.p),
    pOnLogs,
    pOnValues: onValues.p,
    n,
  };
}
