/**
 * From what happened to the exit code. Where several things happened, the first of this order speaks:
 *
 * 1. 130/143 the user interrupted the run: nothing else can be concluded from what is missing
 * 2. 5 a wrong answer, an answer that could not be checked, or a failed workload: no figure may be used
 * 3. 1 a bug of the harness
 * 4. 4 an environment failed
 * 5. 3 the machine failed under the run (disk full …)
 * 6. 2 a planned trial turned out to be impossible as configured
 * 7. 10 a threshold failed, or its metric has no value
 * 8. 12 with `--strict`, a hypothesis inconclusive or unknown; a refuted one is a result
 * 9. 0
 */
import { finalAttempts, wrongAnswers } from '../../analysis/attempts.ts';
import type { HypothesisResult } from '../../analysis/verdict/hypothesis-result.ts';
import type { ThresholdRow } from '../../analysis/report/report-model.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import type { PlannedTrial } from '../foundation/cell.ts';

export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 10 | 11 | 12 | 130 | 143;

export interface RunOutcome {
  readonly plan: readonly PlannedTrial[];
  readonly records: readonly TrialRecord[];
  readonly thresholds: readonly ThresholdRow[];
  readonly hypotheses: readonly HypothesisResult[];
  /** Whether an undecided hypothesis is an error. */
  readonly isStrict: boolean;
  /** 130 or 143 when a signal ended the run. */
  readonly interrupted: 130 | 143 | null;
}

const order = [5, 1, 4, 3, 2] as const;

export function exitCodeOf(outcome: RunOutcome): ExitCode {
  if (outcome.interrupted !== null) return outcome.interrupted;
  const final = finalAttempts(outcome.records);
  const codes = new Set(final.map(trialCode));
  if (wrongAnswers(outcome.records) > 0) return 5;
  // A planned trial without any record was never tried, and nobody asked to stop: that is the harness's fault.
  if (final.length < outcome.plan.length) codes.add(1);
  const worst = order.find((code) => codes.has(code));
  if (worst !== undefined) return worst;
  if (outcome.thresholds.some(({ outcome: verdict }) => verdict !== 'pass')) return 10;
  const isDecided = outcome.hypotheses.every(
    ({ verdict }) => verdict === 'supported' || verdict === 'refuted',
  );
  return outcome.isStrict && !isDecided ? 12 : 0;
}

/** 0, or the exit code that this trial alone would give. */
function trialCode(record: TrialRecord): ExitCode {
  if (record.status === 'completed') return record.verification?.correct === true ? 0 : 5;
  const digit = Number(/^STRATA-E([1-5])\d/.exec(record.cause?.code ?? '')?.[1] ?? 1);
  return digit as 1 | 2 | 3 | 4 | 5;
}
