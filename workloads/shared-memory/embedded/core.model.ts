/** The embedded store written as plainly as possible, without regard to speed: what the real one is tested against. */
import { leaseExpired, refused } from '../failures.ts';
import { selects } from '../keys.ts';
import type { KeySelector, MemoryEvent, MemoryRecord, Operation, Transaction } from '../shared-memory.ts';
import type { StoreCore } from './core.ts';
import type { Change } from './history.ts';
import { checkTransaction } from './transaction-rules.ts';

export type Model = Omit<StoreCore, 'nextExpiryMs'>;

interface Held {
  readonly record: MemoryRecord;
  readonly lease: string | undefined;
}

const byBytes = (a: MemoryRecord, b: MemoryRecord) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key));

interface State {
  held: readonly Held[];
  past: readonly Change[];
  revision: number;
  oldest: number;
  leases: readonly { readonly id: string; readonly ttlMs: number; readonly dueMs: number }[];
  granted: number;
}

export function createModel(): Model {
  const state: State = { held: [], past: [], revision: 1, oldest: 0, leases: [], granted: 0 };
  const end = (id: string) => endLease(state, id);
  return {
    commit: (transaction) => commit(state, transaction),
    range: (select) => ({ revision: state.revision, records: find(state, select) }),
    since: (from) =>
      from < state.oldest
        ? { compacted: state.oldest }
        : { changes: state.past.filter((each) => each.revision >= from) },
    compact(at) {
      if (at > state.revision + 1) throw refused(undefined, 'compaction', new Error('future'));
      state.oldest = Math.max(state.oldest, at);
      state.past = state.past.filter((each) => each.revision >= state.oldest);
    },
    grantLease(ttlMs, nowMs) {
      state.granted += 1;
      const id = String(state.granted);
      state.leases = [...state.leases, { id, ttlMs, dueMs: nowMs + ttlMs }];
      return id;
    },
    keepAlive(id, nowMs) {
      const lease = state.leases.find((each) => each.id === id && each.dueMs > nowMs);
      if (lease === undefined) throw leaseExpired(id);
      const prolonged = { ...lease, dueMs: nowMs + lease.ttlMs };
      state.leases = state.leases.map((each) => (each === lease ? prolonged : each));
    },
    revokeLease: end,
    expireLeases: (nowMs) =>
      state.leases.filter(({ dueMs }) => dueMs <= nowMs).flatMap(({ id }) => end(id) ?? []),
  };
}

function find(state: State, select: KeySelector): MemoryRecord[] {
  const found = state.held.filter(({ record }) => selects(select, record.key));
  return found.map(({ record }) => record).sort(byBytes);
}

function commit(state: State, transaction: Transaction) {
  checkTransaction(transaction);
  const modRevision = (key: string) => find(state, { key })[0]?.modRevision ?? 0;
  const succeeded = transaction.guards.every(
    (guard) => modRevision(guard.key) === ('absent' in guard ? 0 : guard.modRevision),
  );
  const branch = succeeded ? transaction.success : (transaction.failure ?? []);
  for (const each of branch) {
    const lease = each.op === 'put' ? each.lease : undefined;
    if (lease && !state.leases.some(({ id }) => id === lease.id)) throw leaseExpired(lease.id);
  }
  const { ranges, change } = run(state, branch);
  return { commit: { succeeded, revision: state.revision, ranges }, change };
}

function run(state: State, operations: readonly Operation[]) {
  const modRevision = state.revision + 1;
  const events: MemoryEvent[] = [];
  const ranges: MemoryRecord[][] = [];
  for (const each of operations) {
    if (each.op === 'range') ranges.push(find(state, each.select));
    else if (each.op === 'put') {
      const { key, value } = each;
      const createRevision = find(state, { key })[0]?.createRevision ?? modRevision;
      const record = { key, value, createRevision, modRevision };
      const others = state.held.filter((one) => one.record.key !== key);
      state.held = [...others, { record, lease: each.lease?.id }];
      events.push({ kind: 'put', record });
    } else {
      const gone = find(state, each.select);
      state.held = state.held.filter(({ record }) => !gone.includes(record));
      events.push(...gone.map(({ key }) => ({ kind: 'delete' as const, key, modRevision })));
    }
  }
  if (events.length === 0) return { ranges, change: undefined };
  state.revision = modRevision;
  const change = { revision: modRevision, events };
  state.past = [...state.past, change];
  return { ranges, change };
}

function endLease(state: State, id: string): Change | undefined {
  const leased = state.held.filter(({ lease }) => lease === id).map(({ record }) => record);
  state.leases = state.leases.filter((lease) => lease.id !== id);
  const deletions = leased.sort(byBytes).map(({ key }) => ({ op: 'delete' as const, select: { key } }));
  return run(state, deletions).change;
}
