/** A hypothesis as it was written, complete, before it is held against the cells of the plan. */
import type { Hypothesis } from '../../foundation/hypothesis.ts';

export const scopes = ['all', 'each'] as const;
export const pairings = ['none', 'blocks'] as const;

export interface DeclaredHypothesis extends Hypothesis {
  /** `all`: one claim about all pairs of cells that the arms select. `each`: one claim for every pair. */
  readonly scope: (typeof scopes)[number];
}
