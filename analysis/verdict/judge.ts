/**
 * From what was declared and what was stored to verdicts. Pure. All pairs of a claim must hold (intersection–union, no
 * correction within); claims of one family are corrected together, by Holm or by Benjamini and Hochberg, as declared.
 * A claim of the family that could not be tested counts with p = 1: it was asked all the same.
 */
import type { PlannedTrial } from '../../harness/foundation/cell.ts';
import type { Hypothesis, MetricName } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { benjaminiHochberg, holm } from '../statistics/adjust.ts';
import { becauseOf } from './because.ts';
import { judgeCompletion } from './completion.ts';
import { findingsOf, verdictOf, type Findings } from './findings.ts';
import type { HypothesisResult } from './hypothesis-result.ts';

type Tested = Hypothesis & { readonly metric: MetricName };

/** @param plan the trials that were due @param records all attempts, as stored */
export function judgeHypotheses(
  hypotheses: readonly Hypothesis[],
  plan: readonly PlannedTrial[],
  records: readonly TrialRecord[],
): readonly HypothesisResult[] {
  const cells = [...new Map(plan.map(({ cellKey, cell }) => [cellKey, cell])).values()];
  const tested = hypotheses.filter(isTested);
  const findings = new Map(tested.map((one) => [one.id, findingsOf(one, cells, records)]));
  const corrected = correctedIn(tested, findings);
  return hypotheses.map((hypothesis) => {
    const found = findings.get(hypothesis.id);
    const ps = corrected.get(hypothesis.id);
    return found === undefined || ps === undefined
      ? judgeCompletion(hypothesis, plan, records)
      : resultOf(hypothesis, found, ps);
  });
}

function isTested(hypothesis: Hypothesis): hypothesis is Tested {
  return hypothesis.claim !== 'completes' && hypothesis.metric !== null;
}

interface CorrectedPs {
  readonly pFor: number;
  readonly pAgainst: number;
}

function correctedIn(
  tested: readonly Tested[],
  findings: ReadonlyMap<string, Findings>,
): ReadonlyMap<string, CorrectedPs> {
  const families = new Set(tested.map(({ family }) => family));
  return new Map(
    [...families].flatMap((family) => {
      const members = tested.filter((one) => one.family === family);
      const correct = members.some(({ role }) => role === 'confirmatory') ? holm : benjaminiHochberg;
      const pFor = correct(members.map(({ id }) => findings.get(id)?.pFor ?? 1));
      const pAgainst = correct(members.map(({ id }) => findings.get(id)?.pAgainst ?? 1));
      return members.map(
        ({ id }, index) => [id, { pFor: pFor[index] ?? 1, pAgainst: pAgainst[index] ?? 1 }] as const,
      );
    }),
  );
}

function resultOf(hypothesis: Hypothesis, findings: Findings, corrected: CorrectedPs): HypothesisResult {
  const pAdjusted = findings.pFor === null ? null : corrected.pFor;
  const pAgainst = findings.pAgainst === null ? null : corrected.pAgainst;
  const verdict = verdictOf(pAdjusted, pAgainst, hypothesis.alpha);
  const { worst, comparisons, n, minimumDetectableRatio } = findings;
  return {
    hypothesis,
    verdict,
    because: becauseOf(hypothesis, findings, { verdict, pAdjusted, pAgainst }),
    estimate: worst?.estimate ?? null,
    ciLow: worst?.ciLow ?? null,
    ciHigh: worst?.ciHigh ?? null,
    p: findings.pFor,
    pAdjusted,
    n,
    minimumDetectableRatio,
    trialsToDecide: verdict === 'inconclusive' ? findings.trialsToDecide() : null,
    comparisons,
  };
}
