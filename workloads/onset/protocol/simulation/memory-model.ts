/** The shared memory's meaning in its smallest form: guarded transactions, revisions, ranges. No history, no I/O. */
import type {
  Commit,
  Guard,
  KeySelector,
  MemoryEvent,
  MemoryRecord,
  Operation,
  Transaction,
} from '../../../shared-memory/shared-memory.ts';
import { selects } from '../../../shared-memory/keys.ts';
import { registersOf } from '../records.ts';

export interface MemoryModel {
  readonly size: () => number;
  readonly revision: () => number;
  readonly everything: () => readonly MemoryRecord[];
  /** Applies the transaction at once; `events` is what watchers are to hear. */
  readonly apply: (transaction: Transaction) => { commit: Commit; events: readonly MemoryEvent[] };
}

/** What a watcher hears: of registers only while it attends to them. */
export function heard(
  events: readonly MemoryEvent[],
  attends: boolean,
  prefix: string,
): readonly MemoryEvent[] {
  if (attends) return events;
  const registers = registersOf(prefix);
  return events.filter((event) => !selects(registers, event.kind === 'put' ? event.record.key : event.key));
}

export function emptyMemory(): MemoryModel {
  const records = new Map<string, MemoryRecord>();
  let revision = 0;
  return {
    size: () => records.size,
    revision: () => revision,
    everything: () => select(records, { prefix: '' }),
    apply(transaction) {
      const succeeded = transaction.guards.every((guard) => holds(records, guard));
      const operations = succeeded ? transaction.success : (transaction.failure ?? []);
      const events: MemoryEvent[] = [];
      const ranges: (readonly MemoryRecord[])[] = [];
      for (const operation of operations) {
        if (operation.op === 'range') ranges.push(select(records, operation.select));
        else write(records, operation, revision + 1, events);
      }
      if (events.length > 0) revision += 1;
      return { commit: { succeeded, revision, ranges }, events };
    },
  };
}

function holds(records: ReadonlyMap<string, MemoryRecord>, guard: Guard): boolean {
  const actual = records.get(guard.key)?.modRevision ?? 0;
  return actual === ('absent' in guard ? 0 : guard.modRevision);
}

function select(records: ReadonlyMap<string, MemoryRecord>, selector: KeySelector): MemoryRecord[] {
  if ('key' in selector) {
    const record = records.get(selector.key);
    return record === undefined ? [] : [record];
  }
  const chosen: MemoryRecord[] = [];
  for (const record of records.values()) if (isIn(record.key, selector)) chosen.push(record);
  return chosen.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function isIn(key: string, selector: Exclude<KeySelector, { key: string }>): boolean {
  return 'prefix' in selector ? key.startsWith(selector.prefix) : key >= selector.from && key < selector.to;
}

function write(
  records: Map<string, MemoryRecord>,
  operation: Exclude<Operation, { op: 'range' }>,
  revision: number,
  events: MemoryEvent[],
): void {
  if (operation.op === 'put') {
    const { key, value } = operation;
    const createRevision = records.get(key)?.createRevision ?? revision;
    const record = { key, value, createRevision, modRevision: revision };
    records.set(key, record);
    events.push({ kind: 'put', record });
    return;
  }
  for (const { key } of select(records, operation.select)) {
    records.delete(key);
    events.push({ kind: 'delete', key, modRevision: revision });
  }
}
