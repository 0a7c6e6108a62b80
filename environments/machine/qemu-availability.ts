/** Whether tests can start QEMU here. */
import { asError } from '../../harness/foundation/errors.ts';
import { findQemu } from './qemu-version.ts';

/** The reason why it cannot be used, or null when it can. */
export async function whyQemuIsUnavailable(): Promise<Error | null> {
  try {
    await findQemu(new AbortController().signal);
    return null;
  } catch (error) {
    return asError(error);
  }
}
