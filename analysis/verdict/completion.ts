/** The claim `completes`: a census of the planned trials of the selected cells, with what so many of them can show. */
import type { PlannedTrial } from '../../harness/foundation/cell.ts';
import { selectedCells } from '../../harness/foundation/compared-cells.ts';
import { cellKey } from '../../harness/foundation/cell.ts';
import type { Hypothesis } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { finalAttempts, wrongAnswers } from '../attempts.ts';
import { trialCount } from './arm.ts';
import type { HypothesisResult, HypothesisVerdict } from './hypothesis-result.ts';

export function judgeCompletion(
  hypothesis: Hypothesis,
  plan: readonly PlannedTrial[],
  records: readonly TrialRecord[],
): HypothesisResult {
  const keys = new Set(
    selectedCells(
      hypothesis.treatment,
      plan.map(({ cell }) => cell),
    ).map(cellKey),
  );
  const planned = plan.filter((trial) => keys.has(trial.cellKey));
  const ofClaim = records.filter((record) => keys.has(record.cellKey));
  const census = censusOf(planned, ofClaim);
  return {
    hypothesis,
    ...verdictOf(census),
    ...{ estimate: null, ciLow: null, ciHigh: null, p: null, pAdjusted: null },
    n: census.done,
    ...{ minimumDetectableRatio: null, trialsToDecide: null, comparisons: [] },
  };
}

interface Census {
  readonly planned: number;
  /** Completed with right answers. */
  readonly done: number;
  readonly wrong: number;
  readonly failed: number;
  readonly repeated: number;
}

function censusOf(planned: readonly PlannedTrial[], records: readonly TrialRecord[]): Census {
  const final = finalAttempts(records);
  return {
    planned: planned.length,
    done: final.filter(({ status, verification }) => status === 'completed' && verification?.correct === true)
      .length,
    wrong: wrongAnswers(records),
    failed: final.filter(({ status }) => status === 'failed').length,
    repeated: records.filter(({ attempt }) => attempt > 1).length,
  };
}

function verdictOf({ planned, done, wrong, failed, repeated }: Census): {
  verdict: HypothesisVerdict;
  because: string;
} {
  if (wrong > 0)
    return { verdict: 'refuted', because: `wrong answers in ${trialCount(wrong)} of ${planned}` };
  if (failed > 0) return { verdict: 'refuted', because: `${failed} of ${trialCount(planned)} failed` };
  if (done < planned || planned === 0) {
    return {
      verdict: 'unknown',
      because: `${done} of ${trialCount(planned)} completed with right answers; of the others nothing is known`,
    };
  }
  // Clopper and Pearson for no failure in n: what a larger share of failures would have shown with a chance of 95 %.
  const share = Math.ceil((1 - 0.05 ** (1 / planned)) * 100);
  const again = repeated === 0 ? '' : `, ${repeated} of them at a further attempt`;
  return {
    verdict: 'supported',
    because: `all ${trialCount(planned)} completed with right answers${again}; with so many, up to ${share} % of failures could have stayed unseen (95 %)`,
  };
}
