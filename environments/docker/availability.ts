/** Whether tests and doctor can use the docker environment here. */
import { asError } from '../../harness/foundation/errors.ts';
import { preflightDocker } from './preflight.ts';

/** The reason why it cannot be used, or null when it can. */
export async function whyDockerIsUnavailable(): Promise<Error | null> {
  try {
    await preflightDocker(new AbortController().signal);
    return null;
  } catch (error) {
    return asError(error);
  }
}
