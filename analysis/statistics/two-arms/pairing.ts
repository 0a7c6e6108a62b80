/**
 * How the trials of two arms belong together, which decides the test of their ratio: not at all (Welch), or one of each
 * in every block (Student's test of pairs). Which of the two is declared before the data: choosing the one with the
 * smaller p would be a second look.
 */
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { meanArmsOf, type ArmSizes } from './arms.ts';
import { fiellerTest } from './fieller.ts';
import { comparePairs, fiellerPairs } from './paired-log.ts';
import { compareMeans, type RatioQuestion } from './welch-log.ts';
import type { Alternative } from './welch.ts';

export type Pairing = 'none' | 'blocks';

/** The part of a comparison that every method gives. */
export interface RatioTest {
  /** Of geometric means, treatment / baseline; no unit. */
  readonly ratio: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  readonly p: number;
  /** Trials that entered. */
  readonly n: ArmSizes;
}

type Trials = readonly TrialSummary[];

/** On logarithms. @returns as `compareMeans` and `comparePairs` */
export function compareRatio(
  treatment: Trials,
  baseline: Trials,
  pairing: Pairing,
  question: RatioQuestion,
): RatioTest | Degenerate {
  if (pairing === 'none') return compareMeans(treatment, baseline, question);
  const result = comparePairs(treatment, baseline, question);
  if (isDegenerate(result)) return result;
  return { ...result, n: { treatment: result.pairs, baseline: result.pairs } };
}

/** On the values themselves: p of H₀ mean x = θ · mean y. */
export function pOnValues(
  treatment: Trials,
  baseline: Trials,
  pairing: Pairing,
  { nullRatio, alternative }: { readonly nullRatio: number; readonly alternative: Alternative },
): { readonly p: number } | Degenerate {
  if (pairing === 'blocks') return fiellerPairs(treatment, baseline, nullRatio, alternative);
  const arms = meanArmsOf(treatment, baseline);
  return isDegenerate(arms) ? arms : fiellerTest(arms, nullRatio, alternative);
}
