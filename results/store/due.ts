/**
 * What of a plan is to be run at all: everything, unless a stopping rule has ended the run. The blocks after that were
 * planned in case; that they were not run lacks nothing.
 */
import type { StoppingDecision } from '../../harness/foundation/stopping.ts';
import type { PlannedTrial } from '../../harness/foundation/cell.ts';
import type { Manifest } from './records.ts';

/** In the order of the plan. */
export function dueTrials(
  { plan }: Pick<Manifest, 'plan'>,
  decisions: readonly StoppingDecision[],
): readonly PlannedTrial[] {
  const end = decisions.find(({ decision }) => decision === 'stop');
  return end === undefined ? plan : plan.filter(({ block }) => block <= end.block);
}
