/** One pair of cells against what is claimed of it: the test for the claim, and the test for its opposite. */
import { isBetterHigher, type Hypothesis, type MetricName } from '../../harness/foundation/hypothesis.ts';
import { isDegenerate, type Degenerate } from '../statistics/outcome.ts';
import { minimumDetectableRatio, trialsToDecide, type PowerQuestion } from '../statistics/power.ts';
import { cliffsDelta } from '../statistics/two-arms/cliffs-delta.ts';
import { equivalence } from '../statistics/two-arms/equivalence.ts';
import { marginTest } from '../statistics/two-arms/margin-test.ts';
import { compareRatio, type Pairing } from '../statistics/two-arms/pairing.ts';
import type { TrialSummary } from '../trial-summary.ts';

export interface PairTest {
  readonly estimate: number;
  readonly ciLow: number;
  readonly ciHigh: number;
  /** Against "the claim does not hold". */
  readonly pFor: number;
  /** Against "the claim holds"; null where nothing can refute it: that no difference was found shows no sameness. */
  readonly pAgainst: number | null;
}

/** What is claimed of the ratio of each pair. */
export interface PairClaim {
  readonly kind: 'differs' | 'at-least' | 'at-most' | 'equivalent';
  readonly margin: number;
  readonly alpha: number;
  readonly pairing: Pairing;
}

/** A loss along steps is a bound from below of what is better high, and from above of what is better low. */
export function pairClaim(hypothesis: Hypothesis & { metric: MetricName }): PairClaim {
  const { claim, metric, margin, alpha, pairing = 'none' } = hypothesis;
  const asked = { margin, alpha, pairing } as const;
  if (claim === 'steps') return { kind: isBetterHigher(metric) ? 'at-least' : 'at-most', ...asked };
  return { kind: claim === 'completes' ? 'differs' : claim, ...asked };
}

type Arm = readonly TrialSummary[];

export function testPair(treatment: Arm, baseline: Arm, claim: PairClaim): PairTest | Degenerate {
  switch (claim.kind) {
    case 'differs':
      return testDifference(treatment, baseline, claim);
    case 'equivalent':
      return testSameness(treatment, baseline, claim);
    case 'at-least':
    case 'at-most':
      return testMargin(treatment, baseline, claim.kind, claim);
  }
}

function testDifference(treatment: Arm, baseline: Arm, { alpha, pairing }: PairClaim): PairTest | Degenerate {
  const result = compareRatio(treatment, baseline, pairing, { confidence: 1 - alpha });
  if (isDegenerate(result)) return result;
  const { ratio: estimate, ciLow, ciHigh, p } = result;
  return { estimate, ciLow, ciHigh, pFor: p, pAgainst: null };
}

function testMargin(
  treatment: Arm,
  baseline: Arm,
  direction: 'at-least' | 'at-most',
  { margin, alpha, pairing }: PairClaim,
): PairTest | Degenerate {
  const opposite = direction === 'at-least' ? 'at-most' : 'at-least';
  const claimed = marginTest(treatment, baseline, { margin, direction, alpha, pairing });
  const against = marginTest(treatment, baseline, { margin, direction: opposite, alpha, pairing });
  if (isDegenerate(claimed)) return claimed;
  if (isDegenerate(against)) return against;
  const { ratio: estimate, ciLow, ciHigh, p } = claimed;
  return { estimate, ciLow, ciHigh, pFor: p, pAgainst: against.p };
}

/** Refuted beyond either end of the margin: two chances, so the smaller p counts twice. */
function testSameness(
  treatment: Arm,
  baseline: Arm,
  { margin, alpha, pairing }: PairClaim,
): PairTest | Degenerate {
  const within = equivalence(treatment, baseline, { margin, alpha, pairing });
  if (isDegenerate(within)) return within;
  const above = marginTest(treatment, baseline, { margin, direction: 'at-least', alpha, pairing });
  const below = marginTest(treatment, baseline, { margin: 1 / margin, direction: 'at-most', alpha, pairing });
  if (isDegenerate(above)) return above;
  if (isDegenerate(below)) return below;
  const { ratio: estimate, ciLow, ciHigh, p } = within;
  return { estimate, ciLow, ciHigh, pFor: p, pAgainst: Math.min(1, 2 * Math.min(above.p, below.p)) };
}

/** Smallest ratio beyond the margin that as many trials would show; of sameness there is none. */
export function detectableRatio(treatment: Arm, baseline: Arm, claim: PairClaim): number | null {
  if (claim.kind === 'equivalent') return null;
  const ratio = minimumDetectableRatio(treatment, baseline, powerQuestion(claim, claim.margin));
  return typeof ratio === 'number' ? ratio : null;
}

/** Trials per cell that would decide it, whichever way, if the ratio seen is the true one. */
export function decidingTrials(
  treatment: Arm,
  baseline: Arm,
  claim: PairClaim,
  estimate: number,
): number | null {
  const { kind, margin } = claim;
  const nearest = kind === 'equivalent' && estimate < 1 ? 1 / margin : margin;
  const trials = trialsToDecide(treatment, baseline, powerQuestion(claim, nearest));
  return typeof trials === 'number' ? trials : null;
}

function powerQuestion({ kind, alpha, pairing }: PairClaim, nullRatio: number): PowerQuestion {
  if (kind === 'differs') return { alpha, pairing };
  return { nullRatio, alpha, pairing, alternative: kind === 'at-least' ? 'greater' : 'less' };
}

export function dominance(treatment: Arm, baseline: Arm): number | null {
  const result = cliffsDelta(treatment, baseline);
  return isDegenerate(result) ? null : result.delta;
}
