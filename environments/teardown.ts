/** Ending what was started: once, whoever asks, and as much of it as can be ended. */

/** Many callers, one teardown; a teardown that failed may be tried again. */
export function onceAtATime(work: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= work().catch((error: unknown) => {
      ended = undefined;
      throw error;
    });
    return ended;
  };
}

/** Does all of the work before the first failure is reported, so that one failure leaves as little as it can. */
export async function allSettledOrThrow(work: readonly Promise<unknown>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

/**
 * For a start that failed: ends what it had begun and throws why it failed, also when that cannot be ended. Then it is
 * ended, and its failure told, by whoever closes the environment or by `strata clean`.
 */
export async function endThenThrow(error: unknown, end: () => PromiseLike<void>): Promise<never> {
  try {
    await end();
  } catch {
    // A consequence, more often than not, of what is thrown below: it must not stand in its place.
  }
  throw error;
}
