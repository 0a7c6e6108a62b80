/**
 * The embedded store without its network: transactions in, answers and changes out. Deterministic: time comes from
 * the caller, and no call waits for anything.
 */
import { refused } from '../failures.ts';
import { compareKeys } from '../keys.ts';
import type { Commit, Guard, KeySelector, MemoryEvent, MemoryRecord } from '../shared-memory.ts';
import type { Operation, Transaction } from '../shared-memory.ts';
import { createHistory, type Change, type History } from './history.ts';
import { createLeases, type Leases } from './leases.ts';
import { createRecords, type Records } from './records.ts';
import { checkSelect, checkTransaction } from './transaction-rules.ts';

export interface StoreCore {
  /** Applies all of the transaction or, when it throws (E513, E514), nothing of it. */
  commit(transaction: Transaction): { readonly commit: Commit; readonly change: Change | undefined };
  range(select: KeySelector): { readonly revision: number; readonly records: readonly MemoryRecord[] };
  since: History['since'];
  /** Throws E513 for a revision that is still to come. */
  compact(revision: number): void;
  grantLease(ttlMs: number, nowMs: number): string;
  /** Throws E514 when the lease has expired. */
  keepAlive(lease: string, nowMs: number): void;
  revokeLease(lease: string): Change | undefined;
  /** Ends every lease that is due and deletes its keys. */
  expireLeases(nowMs: number): readonly Change[];
  nextExpiryMs(): number;
}

interface State {
  readonly records: Records;
  readonly leases: Leases;
  readonly history: History;
  revision: number;
}

export function createStoreCore(): StoreCore {
  // An empty store is at revision 1, as etcd's is.
  const state: State = {
    records: createRecords(),
    leases: createLeases(),
    history: createHistory(),
    revision: 1,
  };
  const { records, leases, history } = state;
  const endLease = (id: string) => {
    const keys = [...leases.end(id)].sort(compareKeys);
    return apply(
      state,
      keys.map((key) => ({ op: 'delete', select: { key } })),
    ).change;
  };
  return {
    commit(transaction) {
      checkTransaction(transaction);
      const { guards, success, failure = [] } = transaction;
      const succeeded = guards.every((guard) => holds(records, guard));
      const branch = succeeded ? success : failure;
      for (const each of branch) if (each.op === 'put' && each.lease) leases.check(each.lease.id);
      const { ranges, change } = apply(state, branch);
      return { commit: { succeeded, revision: state.revision, ranges }, change };
    },
    range(select) {
      checkSelect(select);
      return { revision: state.revision, records: records.select(select) };
    },
    since: (revision) => history.since(revision),
    compact(revision) {
      if (revision > state.revision + 1) {
        const cause = new Error(`the store is at revision ${state.revision}`);
        throw refused(undefined, `compaction at the future revision ${revision}`, cause);
      }
      history.compact(revision);
    },
    grantLease: (ttlMs, nowMs) => leases.grant(ttlMs, nowMs),
    keepAlive: (lease, nowMs) => leases.prolong(lease, nowMs),
    revokeLease: endLease,
    expireLeases: (nowMs) => leases.expired(nowMs).flatMap((id) => endLease(id) ?? []),
    nextExpiryMs: () => leases.nextExpiryMs(),
  };
}

function holds(records: Records, guard: Guard): boolean {
  const modRevision = records.get(guard.key)?.modRevision ?? 0;
  return modRevision === ('absent' in guard ? 0 : guard.modRevision);
}

/** Runs checked operations in order under one new revision, which counts only when something changed. */
function apply(state: State, operations: readonly Operation[]) {
  const revision = state.revision + 1;
  const events: MemoryEvent[] = [];
  const ranges: MemoryRecord[][] = [];
  for (const operation of operations) {
    if (operation.op === 'range') ranges.push(state.records.select(operation.select));
    else if (operation.op === 'put') events.push(put(state, operation, revision));
    else events.push(...remove(state, operation.select, revision));
  }
  if (events.length === 0) return { ranges, change: undefined };
  const change: Change = { revision, events };
  state.revision = revision;
  state.history.add(change);
  return { ranges, change };
}

function put(
  { records, leases }: State,
  { key, value, lease }: Operation & { op: 'put' },
  modRevision: number,
): MemoryEvent {
  const createRevision = records.get(key)?.createRevision ?? modRevision;
  const record: MemoryRecord = { key, value, createRevision, modRevision };
  records.set(record);
  leases.attach(key, lease?.id);
  return { kind: 'put', record };
}

function remove({ records, leases }: State, select: KeySelector, modRevision: number): MemoryEvent[] {
  return records.select(select).map(({ key }) => {
    records.delete(key);
    leases.attach(key, undefined);
    return { kind: 'delete', key, modRevision };
  });
}
