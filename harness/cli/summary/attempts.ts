/** From attempts to outcomes: one attempt decides a planned trial; the others stay visible. */
import type { PlannedTrial } from '../../foundation/cell.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import type { RunStatus } from '../../../analysis/report/report-model.ts';

/** The attempt that decides each trial: the completed one if there is one, else the last. In the order of the run. */
export function finalAttempts(records: readonly TrialRecord[]): readonly TrialRecord[] {
  const decisive = new Map<string, TrialRecord>();
  for (const record of records) {
    if (decisive.get(record.trialId)?.status !== 'completed') decisive.set(record.trialId, record);
  }
  return [...decisive.values()].sort((a, b) => a.position - b.position);
}

/** Trials with a wrong answer in any attempt: repeating it does not make it right. */
export function wrongAnswers(records: readonly TrialRecord[]): number {
  const wrong = records.filter(({ verification }) => verification?.correct === false);
  return new Set(wrong.map(({ trialId }) => trialId)).size;
}

/** `complete` only when every planned trial has completed; a failed trial leaves the run partial. */
export function runStatus(
  plan: readonly PlannedTrial[],
  records: readonly TrialRecord[],
  isInterrupted: boolean,
): RunStatus {
  const completed = new Set(
    finalAttempts(records).flatMap(({ status, trialId }) => (status === 'completed' ? [trialId] : [])),
  );
  if (plan.every(({ id }) => completed.has(id))) return 'complete';
  const wasAborted = finalAttempts(records).some(({ status }) => status === 'aborted');
  return isInterrupted || wasAborted ? 'interrupted' : 'partial';
}

/** Trials whose figures may enter a verdict: completed, and nothing speaks against them. */
export function validTrials(records: readonly TrialRecord[]): readonly TrialRecord[] {
  return records.filter(
    ({ status, invalid, metrics }) => status === 'completed' && invalid.length === 0 && metrics !== null,
  );
}
