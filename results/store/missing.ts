/** What of a plan is still to be done. Pure. */
import type { PlannedTrial } from '../../harness/foundation/cell.ts';
import type { Manifest, TrialRecord } from './records.ts';

export interface MissingOptions {
  /** Also those whose last attempt failed. Unless told they are results, not gaps. */
  readonly repeatFailed?: boolean;
}

/**
 * The planned trials without a completed attempt, in the order of the plan. An aborted attempt leaves its trial
 * missing; a failed one does not, unless a repetition is asked for.
 */
export function missingTrials(
  manifest: Pick<Manifest, 'plan'>,
  records: readonly TrialRecord[],
  options: MissingOptions = {},
): readonly PlannedTrial[] {
  const settles = (record: TrialRecord) =>
    record.status === 'completed' || (record.status === 'failed' && options.repeatFailed !== true);
  const settled = new Set(records.filter(settles).map(({ trialId }) => trialId));
  return manifest.plan.filter(({ id }) => !settled.has(id));
}

/** 1 + the number of the last attempt stored for a trial. */
export function nextAttempt(records: readonly TrialRecord[], trialId: string): number {
  return (
    1 + Math.max(0, ...records.filter((record) => record.trialId === trialId).map(({ attempt }) => attempt))
  );
}
