/** What the harness and the load generator's process tell each other. Crosses the process boundary as a clone. */
import type { ErrorCode } from '../../harness/foundation/errors.ts';
import type { DriveOutcome } from '../workload.ts';
import type { HttpLoadPlan } from './plan.ts';

/** Harness → driver, once. */
export interface DriveOrder {
  readonly kind: 'drive';
  readonly plan: HttpLoadPlan;
}

/** Driver → harness. `outcome` or `failed` comes last, after the spool is closed. */
export type DriverReport =
  | { readonly kind: 'ready' }
  | { readonly kind: 'measure-start' }
  | { readonly kind: 'outcome'; readonly outcome: DriveOutcome }
  | { readonly kind: 'failed'; readonly failure: DriverFailure };

/** An error as it crosses: a StrataError keeps its code and fix, anything else only its words. */
export interface DriverFailure {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly fix: string | null;
  /** Messages of the causes, outermost first. */
  readonly because: readonly string[];
}
