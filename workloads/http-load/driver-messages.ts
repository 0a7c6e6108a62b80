/** What the harness and the load generator's process tell each other. Crosses the process boundary as a clone. */
import type { ToldError } from '../../harness/foundation/told-error.ts';
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
  | { readonly kind: 'failed'; readonly failure: ToldError };
