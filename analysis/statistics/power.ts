/**
 * What a number of trials can show, and how many would show what was seen.
 *
 * Both take the spread of the logarithms seen in a pilot (the trials at hand) as the true one, and ask when Welch's
 * test on logarithms (`welch-log.ts`), or Student's of the pairs (`paired-log.ts`), rejects with the given power: its t
 * is noncentral with δ = (ln ratio − ln θ) / se, with the standard error of `pilot.ts`. A rejection in the wrong direction is not counted. With few trials in the pilot the answer
 * is rough: the spread of 5 trials is uncertain by a factor of two.
 * Source: J. Cohen, "Statistical power analysis for the behavioral sciences", 2nd ed. (1988), chapter 2.
 * Oracle: R `power.t.test` (equal arms), `uniroot` over `pt(ncp =)` (unequal ones).
 */
import normalQuantile from '@stdlib/stats-base-dists-normal-quantile';
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { TrialSummary } from '../trial-summary.ts';
import { noncentralTUpperTail } from './noncentral-t.ts';
import { isDegenerate, type Degenerate } from './outcome.ts';
import { pilotOf } from './pilot.ts';
import type { Pairing } from './two-arms/pairing.ts';
import { refuseProbability, refuseRatio } from './two-arms/question.ts';
import type { Alternative } from './two-arms/welch.ts';

export interface PowerQuestion {
  /** The ratio treatment / baseline of H₀; > 0; 1 when not given. */
  readonly nullRatio?: number;
  readonly alternative?: Alternative;
  /** 0.05 when not given. */
  readonly alpha?: number;
  /** The chance to reject that is asked for; 0.8 when not given. */
  readonly power?: number;
  /** `none` when not given. */
  readonly pairing?: Pairing;
}

/** More trials per cell than anybody will run. */
export const mostTrials = 10_000;

/**
 * The ratio nearest to the null, on the side of the alternative (above it for a two-sided one, whose other side is as
 * far away as a factor), that as many trials as these would detect.
 *
 * @param treatment one figure a trial, > 0, at least 2 trials; the unit must be that of the baseline
 * @returns a ratio, or why there is none: `too-few-trials`, `non-positive-values`, `constant-data`
 * @throws RangeError for a null ratio that is not positive, an α or a power outside (0, 1)
 */
export function minimumDetectableRatio(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  question: PowerQuestion = {},
): number | Degenerate {
  const { nullRatio, alternative, criticalProbability, power, pairing } = checked(question);
  const pilot = pilotOf(treatment, baseline, pairing);
  if (isDegenerate(pilot)) return pilot;
  const { error, df } = pilot.seen;
  const critical = tQuantile(criticalProbability, df);
  const effect = noncentralityFor(power, critical, df) * error;
  return nullRatio * Math.exp(alternative === 'less' ? -effect : effect);
}

/**
 * Trials per cell, the same in both, with which the test would reject the null if the ratio seen here is the true one.
 * For a one-sided question whose answer lies on the other side of the null: the trials that would show that.
 *
 * @param treatment one figure a trial, > 0, at least 2 trials; the unit must be that of the baseline
 * @returns 2 … `mostTrials`; null when even those would not do, as for a ratio that is the null; or why it cannot be
 *   said: `too-few-trials`, `non-positive-values`, `constant-data`
 * @throws RangeError for a null ratio that is not positive, an α or a power outside (0, 1)
 */
export function trialsToDecide(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  question: PowerQuestion = {},
): number | null | Degenerate {
  const { nullRatio, criticalProbability, power, pairing } = checked(question);
  const pilot = pilotOf(treatment, baseline, pairing);
  if (isDegenerate(pilot)) return pilot;
  const effect = Math.abs(pilot.logRatio - Math.log(nullRatio));
  return fewestTrials((n) => {
    const { error, df } = pilot.withTrials(n);
    return noncentralTUpperTail(tQuantile(criticalProbability, df), df, effect / error) >= power;
  });
}

/** The smallest n of 2 … `mostTrials` that is enough, given that more are never worse; null when none is. */
export function fewestTrials(isEnough: (n: number) => boolean): number | null {
  let [tooFew, enough] = [1, 2];
  while (!isEnough(enough)) {
    if (enough === mostTrials) return null;
    [tooFew, enough] = [enough, Math.min(2 * enough, mostTrials)];
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}

/**
 * The δ with P(T > critical) = power. On the scale of normal quantiles power is nearly a line in δ, so that steps of the
 * secant arrive in a few.
 */
function noncentralityFor(power: number, critical: number, df: number): number {
  const missing = (delta: number) =>
    normalQuantile(noncentralTUpperTail(critical, df, delta), 0, 1) - normalQuantile(power, 0, 1);
  let last = Math.max(0, critical + normalQuantile(power, 0, 1));
  let lastMissing = missing(last);
  let delta = Math.max(0, last - lastMissing);
  for (let step = 0; step < 50 && Math.abs(delta - last) > 1e-12 * critical; step += 1) {
    const nowMissing = missing(delta);
    if (nowMissing === lastMissing) break;
    const next = delta - (nowMissing * (delta - last)) / (nowMissing - lastMissing);
    [last, lastMissing, delta] = [delta, nowMissing, next];
  }
  return delta;
}

function checked(question: PowerQuestion) {
  const { nullRatio = 1, alternative = 'two-sided', alpha = 0.05, power = 0.8, pairing = 'none' } = question;
  refuseRatio(nullRatio);
  refuseProbability('α', alpha);
  refuseProbability('power', power);
  return {
    nullRatio,
    alternative,
    criticalProbability: 1 - (alternative === 'two-sided' ? alpha / 2 : alpha),
    power,
    pairing,
  };
}
