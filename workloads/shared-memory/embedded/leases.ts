/** Leases of the embedded store and the keys that hang on them. Time is given by the caller. */
import { leaseExpired } from '../failures.ts';

export interface Leases {
  grant(ttlMs: number, nowMs: number): string;
  /** Throws E514 when the lease does not live. */
  check(id: string): void;
  prolong(id: string, nowMs: number): void;
  /** The key now hangs on this lease and no other, or on none. */
  attach(key: string, id: string | undefined): void;
  /** Ends the lease; returns its keys. */
  end(id: string): readonly string[];
  expired(nowMs: number): readonly string[];
  /** When the next lease expires; infinite when none does. */
  nextExpiryMs(): number;
}

interface Held {
  readonly ttlMs: number;
  readonly keys: Set<string>;
  expiresAtMs: number;
}

export function createLeases(): Leases {
  const leases = new Map<string, Held>();
  const leaseOfKey = new Map<string, string>();
  let lastId = 0;
  const held = (id: string) => {
    const lease = leases.get(id);
    if (lease === undefined) throw leaseExpired(id);
    return lease;
  };
  return {
    grant(ttlMs, nowMs) {
      lastId += 1;
      const id = String(lastId);
      leases.set(id, { ttlMs, keys: new Set(), expiresAtMs: nowMs + ttlMs });
      return id;
    },
    check: (id) => void held(id),
    prolong(id, nowMs) {
      const lease = held(id);
      if (lease.expiresAtMs <= nowMs) throw leaseExpired(id);
      lease.expiresAtMs = nowMs + lease.ttlMs;
    },
    attach(key, id) {
      const before = leaseOfKey.get(key);
      if (before === id) return;
      if (before !== undefined) leases.get(before)?.keys.delete(key);
      if (id === undefined) leaseOfKey.delete(key);
      else {
        held(id).keys.add(key);
        leaseOfKey.set(key, id);
      }
    },
    end(id) {
      const keys = [...(leases.get(id)?.keys ?? [])];
      leases.delete(id);
      for (const key of keys) leaseOfKey.delete(key);
      return keys;
    },
    expired: (nowMs) => [...leases].filter(([, { expiresAtMs }]) => expiresAtMs <= nowMs).map(([id]) => id),
    nextExpiryMs: () => Math.min(Infinity, ...[...leases.values()].map(({ expiresAtMs }) => expiresAtMs)),
  };
}
