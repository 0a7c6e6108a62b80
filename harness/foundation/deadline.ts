/** Waiting with a deadline: every wait says what it waits for, for how long, and where the log is. */
import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel';
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

/** What is being waited for right now, once a second: a display subscribes, nobody need pass it through. */
export interface WaitingMessage {
  readonly what: string;
  readonly elapsedMs: number;
  readonly limitMs: number;
  readonly log: string | null;
}

const channelName = 'strata.waiting';
const waiting = channel(channelName);
const publishIntervalMs = 1_000;

/** Hears of every wait of this process that lasts a second or longer, until disposed. */
export function observeWaits(onWaiting: (message: WaitingMessage) => void): Disposable {
  const listener = (message: unknown) => onWaiting(message as WaitingMessage);
  subscribe(channelName, listener);
  return {
    [Symbol.dispose]() {
      unsubscribe(channelName, listener);
    },
  };
}

function publishWhile(wait: Wait, startedMs: number): Disposable {
  const timer = setInterval(() => {
    const { what, timeoutMs: limitMs, log } = wait;
    const message: WaitingMessage = {
      what,
      elapsedMs: performance.now() - startedMs,
      limitMs,
      log: log ?? null,
    };
    waiting.publish(message);
  }, publishIntervalMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/**
 * Calls `attempt` until it returns something other than `undefined`. What `attempt` throws is kept as the cause
 * of the deadline error, because "connection refused" explains more than "timed out".
 */
export async function waitFor<T>(wait: Wait, attempt: () => Promise<T | undefined>): Promise<T> {
  const startedMs = performance.now();
  using _publishing = publishWhile(wait, startedMs);
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
  using _publishing = publishWhile(wait, startedMs);
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
