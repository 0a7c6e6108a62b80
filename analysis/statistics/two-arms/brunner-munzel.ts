/**
 * Brunner and Munzel's test: like Mann and Whitney's, but true when one arm is steadier than the other, as cells of a
 * benchmark are.
 *
 * The relative effect p̂ = P(X > Y) + ½P(X = Y) is tested against ½: t = (p̂ − ½) / se with
 * se² = s²ₓ/(nₓnᵧ²) + s²ᵧ/(nᵧnₓ²), where s² is the variance, within an arm, of the ranks among all minus the ranks among
 * the arm; the degrees of freedom are Satterthwaite's. Ten trials an arm are the least its authors recommend.
 * Source: E. Brunner and U. Munzel, "The nonparametric Behrens-Fisher problem: asymptotic theory and a small-sample
 * approximation", Biometrical Journal 42 (2000). Oracle: `scipy.stats.brunnermunzel(distribution="t")`.
 */
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import type { TrialSummary } from '../../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from '../outcome.ts';
import { midRanks } from '../ranks/mid-ranks.ts';
import { armsOf, constantData, sizesOf, type ArmSizes } from './arms.ts';
import { refuseProbability } from './question.ts';
import { meanAndError, tailProbability, type Alternative } from './welch.ts';

export interface BrunnerMunzel {
  readonly kind: 'brunner-munzel';
  /** How often a trial of the treatment lies above one of the baseline; 0.5 is no effect. */
  readonly superiority: number;
  /** Two-sided interval of it, cut off at 0 and 1. */
  readonly ciLow: number;
  readonly ciHigh: number;
  /** Positive where the treatment lies higher. */
  readonly t: number;
  readonly df: number;
  readonly p: number;
  readonly n: ArmSizes;
}

/**
 * @param treatment one figure a trial, finite, at least 2 trials; the unit must be that of the baseline
 * @returns `too-few-trials`, `constant-data`, `unbounded` when no value of one arm lies among those of the other (t has
 *   no bound: take Mann and Whitney's test), or `non-positive-values` for one that is not finite
 * @throws RangeError for a confidence outside (0, 1)
 */
export function brunnerMunzel(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  alternative: Alternative = 'two-sided',
  confidence = 0.95,
): BrunnerMunzel | Degenerate {
  refuseProbability('confidence', confidence);
  const arms = armsOf(treatment, baseline, 2);
  if (isDegenerate(arms)) return arms;
  const n = sizesOf(arms);
  const ranks = midRanks([...arms.treatment, ...arms.baseline]).doubled;
  const ofX = placements(ranks.slice(0, n.treatment), arms.treatment, n.baseline);
  const ofY = placements(ranks.slice(n.treatment), arms.baseline, n.treatment);
  const superiority = ofX.mean;
  const error = Math.hypot(ofX.error, ofY.error);
  if (error === 0) return constantData(arms) ?? apart(superiority);
  const df = error ** 4 / (ofX.error ** 4 / (n.treatment - 1) + ofY.error ** 4 / (n.baseline - 1));
  const t = (superiority - 0.5) / error;
  const reach = tQuantile((1 + confidence) / 2, df) * error;
  const [ciLow, ciHigh] = [Math.max(0, superiority - reach), Math.min(1, superiority + reach)];
  const p = tailProbability(t, df, alternative);
  return { kind: 'brunner-munzel', superiority, ciLow, ciHigh, t, df, p, n };
}

/** For each value of an arm the share of the other arm below it: the rank among all minus the rank within the arm. */
function placements(doubledRanks: readonly number[], arm: readonly number[], others: number) {
  const within = midRanks(arm).doubled;
  return meanAndError(doubledRanks.map((rank, index) => (rank - (within[index] ?? 0)) / 2 / others));
}

function apart(superiority: number): Degenerate {
  const where = superiority === 1 ? 'above' : 'below';
  return degenerate(
    'unbounded',
    `every value of the treatment lies ${where} every value of the baseline: ranks have no spread`,
  );
}
