/**
 * "The same, give or take 5 %": two one-sided tests (TOST) on the logarithms.
 *
 * Equivalence is shown when ratio ≤ 1/m and ratio ≥ m are both rejected at α; p is the larger of the two. That is the
 * case exactly when the two-sided 1 − 2α interval lies within (1/m, m). The margin is symmetric in the factor: 1.05
 * means 1/1.05 … 1.05. "Not significantly different" is no evidence of sameness and is not offered.
 * Source: D. J. Schuirmann, "A comparison of the two one-sided tests procedure and the power approach for assessing
 * the equivalence of average bioavailability", J. Pharmacokinet. Biopharm. 15 (1987). Oracle: two R `t.test`s.
 */
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import type { ArmSizes } from './arms.ts';
import { compareRatio, type Pairing } from './pairing.ts';
import { refuseProbability } from './question.ts';
import type { Alternative } from './welch.ts';

export interface EquivalenceQuestion {
  /** A factor > 1: the ratio must lie within 1/margin … margin. */
  readonly margin: number;
  /** Of each one-sided test; 0.05 when not given. */
  readonly alpha?: number;
  /** `none` when not given. */
  readonly pairing?: Pairing;
}

export interface EquivalenceTest {
  readonly kind: 'equivalence';
  /** Of geometric means, treatment / baseline, with its two-sided 1 − 2α interval. */
  readonly ratio: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  /** The larger of the two. */
  readonly p: number;
  /** Against ratio ≤ 1/margin, and against ratio ≥ margin. */
  readonly pAboveLow: number;
  readonly pBelowHigh: number;
  readonly n: ArmSizes;
}

/**
 * @param treatment one figure a trial, > 0, at least 2 trials; the unit must be that of the baseline
 * @returns `too-few-trials`, `non-positive-values`, `constant-data` when neither arm varies, or what
 *   `comparePairs` says of pairs
 * @throws RangeError for a margin that is not above 1, or an α outside (0, 0.5)
 */
export function equivalence(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  { margin, alpha = 0.05, pairing = 'none' }: EquivalenceQuestion,
): EquivalenceTest | Degenerate {
  if (!(margin > 1)) throw new RangeError(`an equivalence margin is a factor above 1; got ${margin}`);
  refuseProbability('2α', 2 * alpha);
  const confidence = 1 - 2 * alpha;
  const test = (nullRatio: number, alternative: Alternative) =>
    compareRatio(treatment, baseline, pairing, { nullRatio, alternative, confidence });
  const low = test(1 / margin, 'greater');
  if (isDegenerate(low)) return low;
  const high = test(margin, 'less');
  if (isDegenerate(high)) return high;
  const { ratio, ciLow, ciHigh, n } = low;
  const [pAboveLow, pBelowHigh] = [low.p, high.p];
  return {
    kind: 'equivalence',
    ratio,
    ciLow,
    ciHigh,
    p: Math.max(pAboveLow, pBelowHigh),
    pAboveLow,
    pBelowHigh,
    n,
  };
}
