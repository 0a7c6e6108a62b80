/** The connections that wait for answers, by request. A re-sent request may wait on two of them. */
import type { OnsetAnswer } from '../codec.ts';

/** One client's connection that waits for one answer. */
export interface Waiter {
  readonly answer: (answer: OnsetAnswer) => void;
  /** The client has had the answer of a later request. */
  readonly supersede: () => void;
}

export interface Waiters {
  add(client: string, sequence: number, waiter: Waiter): void;
  /** Those that wait for this request, which now wait no longer. */
  take(client: string, sequence: number): readonly Waiter[];
}

export function openWaiters(): Waiters {
  const waiting = new Map<string, Waiter[]>();
  return {
    add(client, sequence, waiter) {
      const key = `${client}.${sequence}`;
      const others = waiting.get(key);
      if (others === undefined) waiting.set(key, [waiter]);
      else others.push(waiter);
    },
    take(client, sequence) {
      const key = `${client}.${sequence}`;
      const taken = waiting.get(key) ?? [];
      waiting.delete(key);
      return taken;
    },
  };
}
