/** From the stored attempts to what counts: one attempt decides a planned trial; the others stay visible. Pure. */
import type { PlannedTrial } from '../harness/foundation/cell.ts';
import type { TrialRecord } from '../results/store/records.ts';
import type { RunStatus } from './report/report-model.ts';

/** By trial: the completed attempt if there is one, else the last. */
export function decisiveAttempts(records: readonly TrialRecord[]): ReadonlyMap<string, TrialRecord> {
  const decisive = new Map<string, TrialRecord>();
  for (const record of records)
    if (decisive.get(record.trialId)?.status !== 'completed') decisive.set(record.trialId, record);
  return decisive;
}

/** The attempt that decides each trial, in the order of the run. */
export function finalAttempts(records: readonly TrialRecord[]): readonly TrialRecord[] {
  return [...decisiveAttempts(records).values()].sort((a, b) => a.position - b.position);
}

/** Final attempts whose figures may enter a verdict: completed, and nothing speaks against them. */
export function usableTrials(records: readonly TrialRecord[]): readonly TrialRecord[] {
  return finalAttempts(records).filter(
    ({ status, invalid, metrics }) => status === 'completed' && invalid.length === 0 && metrics !== null,
  );
}

/** Of final attempts: answered right, and yet broke a rule that was set before, such as a saturated driver. */
export function invalidTrials(final: readonly TrialRecord[]): readonly TrialRecord[] {
  return final.filter(({ status, invalid }) => status === 'completed' && invalid.length > 0);
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
  const decisive = decisiveAttempts(records);
  if (plan.every(({ id }) => decisive.get(id)?.status === 'completed')) return 'complete';
  const wasAborted = [...decisive.values()].some(({ status }) => status === 'aborted');
  return isInterrupted || wasAborted ? 'interrupted' : 'partial';
}
