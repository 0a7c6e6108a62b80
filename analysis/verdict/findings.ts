/** What the trials say of one hypothesis, before it is corrected for having been asked together with others. */
import { comparedCells } from '../../harness/foundation/compared-cells.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import type { Hypothesis, MetricName } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { isDegenerate } from '../statistics/outcome.ts';
import { armReader, type Arm } from './arm.ts';
import type { Comparison, HypothesisVerdict } from './hypothesis-result.ts';
import {
  decidingTrials,
  detectableRatio,
  dominance,
  pairClaim,
  testPair,
  type PairClaim,
  type PairTest,
} from './pair-test.ts';
import { pairLabels } from './pair-labels.ts';

export interface Findings {
  readonly comparisons: readonly Comparison[];
  /** Of the pair that speaks least for the claim, which is the one all of it hangs on. */
  readonly worst: PairTest | null;
  /** All must hold: the largest p of the pairs; null when one of them cannot be judged. */
  readonly pFor: number | null;
  /** One that does not hold is enough, and there are as many chances as pairs: the smallest p, so many times. */
  readonly pAgainst: number | null;
  /** Trials of every cell that is compared, each counted once. */
  readonly n: number;
  readonly minimumDetectableRatio: number | null;
  /** Of all pairs that are undecided the most; worked out only where it is asked for. */
  readonly trialsToDecide: () => number | null;
  /** Why a pair cannot be judged, with its label; empty when all can. */
  readonly obstacles: readonly string[];
}

interface Pair {
  readonly label: string;
  readonly treatment: Arm;
  readonly baseline: Arm;
  readonly test: PairTest | null;
  readonly obstacle: string;
}

export function findingsOf(
  hypothesis: Hypothesis & { readonly metric: MetricName },
  cells: readonly Cell[],
  records: readonly TrialRecord[],
): Findings {
  const claim = pairClaim(hypothesis);
  const armOf = armReader(records, hypothesis.metric);
  const compared = comparedCells(hypothesis, cells);
  const labels = pairLabels(compared, hypothesis);
  const pairs = compared.map(({ treatment, baseline }, index) =>
    judgedPair(labels[index] ?? '', armOf(treatment), armOf(baseline), claim),
  );
  const tested = pairs.flatMap((pair) => (pair.test === null ? [] : [{ ...pair, test: pair.test }]));
  const worst = tested.reduce<(typeof tested)[number] | null>(
    (least, pair) => (least === null || pair.test.pFor > least.test.pFor ? pair : least),
    null,
  );
  const against = tested.flatMap(({ test }) => test.pAgainst ?? []);
  return {
    comparisons: pairs.map((pair) => comparisonOf(pair, claim)),
    worst: worst?.test ?? null,
    pFor: worst === null || tested.length < pairs.length ? null : worst.test.pFor,
    pAgainst: against.length === 0 ? null : Math.min(1, pairs.length * Math.min(...against)),
    n: trialsOf(pairs),
    minimumDetectableRatio:
      worst === null ? null : detectableRatio(worst.treatment.trials, worst.baseline.trials, claim),
    trialsToDecide: () => mostDeciding(tested, claim),
    obstacles: pairs
      .filter(({ test }) => test === null)
      .map(({ label, obstacle }) => `${label}: ${obstacle}`),
  };
}

function judgedPair(label: string, treatment: Arm, baseline: Arm, claim: PairClaim): Pair {
  const pair = { label, treatment, baseline };
  const obstacles = [
    ...(treatment.obstacle === null ? [] : [`${treatment.obstacle} of the treatment`]),
    ...(baseline.obstacle === null ? [] : [`${baseline.obstacle} of the baseline`]),
  ];
  if (obstacles.length > 0) return { ...pair, test: null, obstacle: obstacles.join('; ') };
  const test = testPair(treatment.trials, baseline.trials, claim);
  return isDegenerate(test) ? { ...pair, test: null, obstacle: test.text } : { ...pair, test, obstacle: '' };
}

function trialsOf(pairs: readonly Pair[]): number {
  const arms = new Map(
    pairs.flatMap(({ treatment, baseline }) => [treatment, baseline].map((arm) => [arm.key, arm])),
  );
  return [...arms.values()].reduce((sum, { trials }) => sum + trials.length, 0);
}

function mostDeciding(
  pairs: readonly (Pair & { readonly test: PairTest })[],
  claim: PairClaim,
): number | null {
  const open = pairs.filter(({ test }) => test.pFor > claim.alpha);
  const needed = open.map(({ treatment, baseline, test }) =>
    decidingTrials(treatment.trials, baseline.trials, claim, test.estimate),
  );
  const known = needed.filter((trials) => trials !== null);
  return known.length === 0 || known.length < needed.length ? null : Math.max(...known);
}

function comparisonOf({ label, treatment, baseline, test, obstacle }: Pair, claim: PairClaim): Comparison {
  return {
    label,
    treatmentKey: treatment.key,
    baselineKey: baseline.key,
    trials: { treatment: treatment.trials.length, baseline: baseline.trials.length },
    estimate: test?.estimate ?? null,
    ciLow: test?.ciLow ?? null,
    ciHigh: test?.ciHigh ?? null,
    p: test?.pFor ?? null,
    cliffsDelta: test === null ? null : dominance(treatment.trials, baseline.trials),
    verdict: verdictOf(test?.pFor ?? null, test?.pAgainst ?? null, claim.alpha),
    remark: obstacle,
  };
}

/** @param pFor null = it cannot be judged whether the claim holds */
export function verdictOf(pFor: number | null, pAgainst: number | null, alpha: number): HypothesisVerdict {
  if (pFor !== null && pFor <= alpha) return 'supported';
  if (pAgainst !== null && pAgainst <= alpha) return 'refuted';
  return pFor === null ? 'unknown' : 'inconclusive';
}
