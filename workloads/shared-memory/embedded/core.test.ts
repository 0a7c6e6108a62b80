import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys, selects } from '../keys.ts';
import type { Guard, KeySelector, MemoryEvent, Operation, Transaction } from '../shared-memory.ts';
import { revisionOf } from '../watch-book.ts';
import { createStoreCore, type StoreCore } from './core.ts';
import { createModel, type Model } from './core.model.ts';

const key = fc.constantFrom('a', 'aa', 'b', 'ba', 'é', '\uffff', '𝄞', '𝄞b');
const select: fc.Arbitrary<KeySelector> = fc.oneof(
  fc.record({ key }),
  fc.record({ prefix: fc.oneof(fc.constant(''), key) }),
  fc
    .tuple(key, key)
    .filter(([from, to]) => from !== to)
    .map(([a, b]) => (compareKeys(a, b) < 0 ? { from: a, to: b } : { from: b, to: a })),
);
const guard: fc.Arbitrary<Guard> = fc.oneof(
  fc.record({ key, modRevision: fc.nat(12) }),
  fc.record({ key, absent: fc.constant(true as const) }),
);
/** A lease is named by its place among those granted so far. */
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ op: fc.constant('put' as const), key, value: fc.string({ maxLength: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('put' as const),
      key,
      value: fc.string({ maxLength: 3 }),
      lease: fc.record({ id: fc.integer({ min: 1, max: 3 }).map(String) }),
    }),
  },
  fc.record({ op: fc.constant('delete' as const), select }),
  fc.record({ op: fc.constant('range' as const), select }),
);
const operations = fc.array(operation, { maxLength: 4 });
const transaction: fc.Arbitrary<Transaction> = fc.record({
  guards: fc.array(guard, { maxLength: 2 }),
  success: operations,
  failure: operations,
});

type Step =
  | { readonly do: 'commit'; readonly transaction: Transaction }
  | { readonly do: 'compact'; readonly revision: number }
  | { readonly do: 'grant'; readonly ttlMs: number }
  | { readonly do: 'keep-alive' | 'revoke'; readonly lease: string }
  | { readonly do: 'pass'; readonly ms: number };

const lease = fc.integer({ min: 1, max: 4 }).map(String);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('commit' as const), transaction }) },
  fc.record({ do: fc.constant('compact' as const), revision: fc.nat(20) }),
  fc.record({ do: fc.constant('grant' as const), ttlMs: fc.integer({ min: 1, max: 50 }) }),
  fc.record({ do: fc.constantFrom('keep-alive' as const, 'revoke' as const), lease }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 60 }) }),
);

/** What a step gives, or the code with which it is refused: the same for the store and its model. */
function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
}

function perform(store: StoreCore | Model, step: Step, nowMs: number): unknown {
  switch (step.do) {
    case 'commit':
      return store.commit(step.transaction);
    case 'compact':
      store.compact(step.revision);
      return undefined;
    case 'grant':
      return store.grantLease(step.ttlMs, nowMs);
    case 'keep-alive':
      store.keepAlive(step.lease, nowMs);
      return undefined;
    case 'revoke':
      return store.revokeLease(step.lease);
    case 'pass':
      return store.expireLeases(nowMs);
  }
}

describe('the core of the embedded store', () => {
  it('agrees with a naive model on every answer, change, record and history', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), select, fc.nat(20), (steps, watched, from) => {
        const [store, model] = [createStoreCore(), createModel()];
        let nowMs = 0;
        for (const each of steps) {
          if (each.do === 'pass') nowMs += each.ms;
          const [actual, expected] = [store, model].map((one) => outcome(() => perform(one, each, nowMs)));
          expect(actual).toEqual(expected);
        }
        expect(store.range({ prefix: '' })).toEqual(model.range({ prefix: '' }));
        expect(store.range(watched)).toEqual(model.range(watched));
        expect(store.since(from)).toEqual(model.since(from));
      }),
      { numRuns: 1_500 },
    );
  });

  it('tells by its history alone how the records came about', () => {
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 30 }), (transactions) => {
        const store = createStoreCore();
        for (const each of transactions) outcome(() => store.commit(each));
        const past = store.since(1);
        const events = 'changes' in past ? past.changes.flatMap((change) => change.events) : [];
        expect(replay(events)).toEqual(store.range({ prefix: '' }).records);
        expect(events.map(revisionOf)).toEqual(events.map(revisionOf).sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});

function replay(events: readonly MemoryEvent[]) {
  const records = new Map<string, unknown>();
  for (const event of events) {
    if (event.kind === 'put') records.set(event.record.key, event.record);
    else records.delete(event.key);
  }
  return [...records].sort(([a], [b]) => compareKeys(a, b)).map(([, record]) => record);
}

describe('keys', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 });

  it('are in the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareKeys(a, b))).toBe(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are in a range from its first bound up to and without its second', () => {
    expect(['a', 'b', 'bz', 'c'].filter((each) => selects({ from: 'b', to: 'c' }, each))).toEqual([
      'b',
      'bz',
    ]);
  });
});
