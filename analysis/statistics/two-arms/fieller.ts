/**
 * Fieller's interval of the ratio of arithmetic means, x̄ / ȳ: every θ that Welch's test of x − θ·y does not reject.
 *
 * T(θ) = (x̄ − θȳ) / √(s²ₓ/nₓ + θ²s²ᵧ/nᵧ) falls strictly as θ rises over the positive ratios, so that the ends are the
 * roots of p(θ) = α on either side of x̄/ȳ. The degrees of freedom are Welch's at each θ, as R's
 * `t.test(x, theta * y)` takes them. Where the baseline's mean is not distinguishable from 0 no ratio is too large and
 * the set has no upper end; where the treatment's is not, its lower end is 0. Both are said, never hidden.
 * Source: E. C. Fieller, "Some problems in interval estimation", JRSS B 16 (1954).
 */
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { meanArmsOf, sizesOf, type Arms, type ArmSizes } from './arms.ts';
import { refuseProbability, refuseRatio } from './question.ts';
import { meanAndError, welch, type Alternative, type Welch } from './welch.ts';

export interface FiellerInterval {
  readonly kind: 'fieller';
  /** Of arithmetic means, treatment / baseline; no unit. */
  readonly ratio: number;
  /** 0 when every smaller ratio is compatible with the trials. */
  readonly ciLow: number;
  /** null when every larger ratio is compatible with the trials. */
  readonly ciHigh: number | null;
  readonly bounded: boolean;
  readonly n: ArmSizes;
}

/**
 * @param treatment one figure a trial, > 0, at least 2 trials; the unit must be that of the baseline
 * @returns `too-few-trials`, `non-positive-values`, or `constant-data` when neither arm varies
 * @throws RangeError for a confidence outside (0, 1)
 */
export function fiellerInterval(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  confidence = 0.95,
): FiellerInterval | Degenerate {
  refuseProbability('confidence', confidence);
  const arms = meanArmsOf(treatment, baseline);
  if (isDegenerate(arms)) return arms;
  const ratio = meanAndError(arms.treatment).mean / meanAndError(arms.baseline).mean;
  const rejection = rejectionOf(arms, confidence);
  // The same test seen from the other arm: an upper end of x/y is the reciprocal of the lower end of y/x.
  const mirrored = rejectionOf({ treatment: arms.baseline, baseline: arms.treatment }, confidence);
  const ciLow = lowerEnd(rejection, ratio);
  const inverse = lowerEnd(mirrored, 1 / ratio);
  const ciHigh = inverse === 0 ? null : 1 / inverse;
  return { kind: 'fieller', ratio, ciLow, ciHigh, bounded: ciLow > 0 && ciHigh !== null, n: sizesOf(arms) };
}

/**
 * H₀: mean x = θ · mean y, on the scale of the values.
 *
 * @throws RangeError for a null ratio that is not positive
 */
export function fiellerTest(arms: Arms, nullRatio: number, alternative: Alternative): Welch {
  refuseRatio(nullRatio);
  return welch({ ...arms, baseline: arms.baseline.map((value) => value * nullRatio) }, 0, alternative, 0.95);
}

/** How far θ is beyond the critical value: positive where it is rejected. */
function rejectionOf({ treatment, baseline }: Arms, confidence: number): (ratio: number) => number {
  const [x, y] = [meanAndError(treatment), meanAndError(baseline)];
  return (ratio) => {
    if (ratio === 0 && x.error === 0) return Infinity;
    const [ofX, ofY] = [x.error ** 2, (ratio * y.error) ** 2];
    const df = (ofX + ofY) ** 2 / (ofX ** 2 / (treatment.length - 1) + ofY ** 2 / (baseline.length - 1));
    const t = Math.abs(x.mean - ratio * y.mean) / Math.sqrt(ofX + ofY);
    return t - tQuantile((1 + confidence) / 2, df);
  };
}

/**
 * The root between 0, when that is rejected, and the estimate, which never is: false position that halves the weight
 * of an end it is stuck at (M. Dowell and P. Jarratt, BIT 11 (1971), the "Illinois" rule), as quick as a secant and as sure
 * as halving.
 */
function lowerEnd(rejection: (ratio: number) => number, estimate: number): number {
  let [low, high] = [0, estimate];
  // Capped, as an arm without spread rejects 0 with an infinite t: only the sign of an end must be right.
  let [atLow, atHigh] = [Math.min(rejection(0), 100), rejection(estimate)];
  if (atLow <= 0) return 0;
  for (let step = 0; step < 200 && high - low > 2 * Number.EPSILON * high; step += 1) {
    const next = Math.min(high, Math.max(low, low + ((high - low) * atLow) / (atLow - atHigh)));
    const atNext = rejection(next);
    if (atNext === 0) return next;
    if (atNext > 0) [low, atLow, atHigh] = [next, atNext, atHigh / 2];
    else [high, atHigh, atLow] = [next, atNext, atLow / 2];
  }
  return (low + high) / 2;
}
