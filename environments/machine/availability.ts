/** Whether tests and doctor can use virtual machines here. */
import { asError } from '../../harness/foundation/errors.ts';
import { preflightMachines } from './preflight.ts';

/** The reason why they cannot be used, or null when they can. */
export async function whyMachinesAreUnavailable(preflight = preflightMachines): Promise<Error | null> {
  try {
    await preflight(new AbortController().signal);
    return null;
  } catch (error) {
    return asError(error);
  }
}
