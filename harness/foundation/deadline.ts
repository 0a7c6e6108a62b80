/** Waiting with a deadline: every wait says what it waits for, for how long, and where the log is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from './deferred.ts';
import { StrataError, type ErrorCode } from './errors.ts';

export interface Wait {
  /** What is waited for, as the end of the sentence "waited 3.0 s for …". */
  readonly what: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Code of the error thrown when the deadline passes. */
  readonly code: ErrorCode;
  readonly fix: string;
  readonly log?: string;
  /** Pause between two attempts; 20 ms unless told. */
  readonly intervalMs?: number;
}

/**
 * Calls `attempt` until it returns something other than `undefined`. What `attempt` throws is kept as the cause
 * of the deadline error, because "connection refused" explains more than "timed out".
 */
export async function waitFor<T>(wait: Wait, attempt: () => Promise<T | undefined>): Promise<T> {
  const startedMs = performance.now();
  let lastFailure: unknown;
  for (;;) {
    wait.signal.throwIfAborted();
    try {
      const outcome = await attempt();
      if (outcome !== undefined) return outcome;
    } catch (error) {
      if (error instanceof StrataError) throw error;
      lastFailure = error;
    }
    const elapsedMs = performance.now() - startedMs;
    if (elapsedMs >= wait.timeoutMs) throw deadlineError(wait, elapsedMs, lastFailure);
    await sleep(wait.intervalMs ?? 20, undefined, { signal: wait.signal });
  }
}

/** Runs `work` under a signal that aborts at the deadline or with the parent signal, whichever is first. */
export async function withDeadline<T>(wait: Wait, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), wait.timeoutMs);
  const signal = AbortSignal.any([wait.signal, timer.signal]);
  const aborted = deferred<never>();
  const onAbort = () => {
    const reason: unknown = wait.signal.aborted
      ? wait.signal.reason
      : deadlineError(wait, performance.now() - startedMs, undefined);
    aborted.reject(reason as Error);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([work(signal), aborted.promise]);
  } finally {
    clearTimeout(timeout);
    signal.removeEventListener('abort', onAbort);
  }
}

function deadlineError(wait: Wait, elapsedMs: number, cause: unknown): StrataError {
  return new StrataError({
    code: wait.code,
    message: `waited ${(elapsedMs / 1000).toFixed(1)} s (limit ${(wait.timeoutMs / 1000).toFixed(1)} s) for ${wait.what}`,
    fix: wait.fix,
    ...(cause === undefined ? {} : { cause }),
    ...(wait.log === undefined ? {} : { log: wait.log }),
  });
}
