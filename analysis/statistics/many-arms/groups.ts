/** Several arms as plain numbers, once it is sure that they can be compared; else the reason in words. */
import type { TrialSummary } from '../../trial-summary.ts';
import { degenerate, type Degenerate } from '../outcome.ts';

/** @returns one list a group, at least two groups, none empty, at least three values, not all equal */
export function groupsOf(
  groups: readonly (readonly TrialSummary[])[],
): readonly (readonly number[])[] | Degenerate {
  if (groups.length < 2)
    return degenerate('too-few-trials', `${groups.length} group of trials; a comparison needs 2`);
  const empty = groups.findIndex(({ length }) => length === 0);
  if (empty >= 0)
    return degenerate('too-few-trials', `group ${empty + 1} has no trials; a comparison needs 1`);
  const all = groups.flat();
  if (all.length < 3) return degenerate('too-few-trials', `${all.length} trials in all; ranks need 3`);
  const odd = all.find(({ value }) => !Number.isFinite(value));
  if (odd !== undefined)
    return degenerate('non-positive-values', `trial ${odd.trialId} has the value ${odd.value}`);
  const [first] = all;
  if (all.every(({ value }) => value === first?.value))
    return degenerate('constant-data', `all ${all.length} trials have the value ${first?.value ?? 'none'}`);
  return groups.map((group) => group.map(({ value }) => value));
}
