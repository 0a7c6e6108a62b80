/** What watches of a shared memory deliver. */
import { describe, expect, it } from 'vitest';
import type { MemoryEvent, SharedMemory } from '../shared-memory.ts';
import { revisionOf } from '../watch-book.ts';
import {
  batchRevisionSpans,
  isStrictlyIncreasing,
  put,
  record,
  type Recording,
  type Suite,
} from './harness.ts';

const valueOf = (event: MemoryEvent) => (event.kind === 'put' ? event.record.value : `deleted ${event.key}`);

export function describeWatches(suite: Suite): void {
  describe('a watch', () => {
    it('delivers puts with their record and deletions with their key', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const created = await put(memory, `${at}a`, '1');
      await using watch = await record(memory, { prefix: at }, created + 1);
      const changed = await put(memory, `${at}a`, '2');
      await memory.commit({ guards: [], success: [{ op: 'delete', select: { prefix: at } }] });
      expect(await watch.received(2)).toEqual([
        { kind: 'put', record: { key: `${at}a`, value: '2', createRevision: created, modRevision: changed } },
        { kind: 'delete', key: `${at}a`, modRevision: changed + 1 },
      ]);
    });

    it('delivers only what is selected, by key, prefix and range', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const from = (await memory.range({ key: at })).revision + 1;
      await using one = await record(memory, { key: `${at}b` }, from);
      await using some = await record(memory, { prefix: `${at}b` }, from);
      await using range = await record(memory, { from: `${at}b`, to: `${at}c` }, from);
      for (const key of ['a', 'b', 'b2', 'c']) await put(memory, at + key, key);
      await put(memory, `${at}b`, 'last');
      await Promise.all([one.received(2), some.received(3), range.received(3)]);
      expect(one.events().map(valueOf)).toEqual(['b', 'last']);
      expect(some.events().map(valueOf)).toEqual(['b', 'b2', 'last']);
      expect(range.events().map(valueOf)).toEqual(['b', 'b2', 'last']);
    });

    it('delivers the events of one transaction in one batch', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      await using watch = await record(memory, { prefix: at }, 1);
      const { revision } = await memory.commit({
        guards: [],
        success: Array.from({ length: 50 }, (_, index) => ({
          op: 'put',
          key: `${at}${index}`,
          value: String(index),
        })),
      });
      const events = await watch.received(50);
      expect(watch.batches).toHaveLength(1);
      expect(watch.batches[0]?.revision).toBe(revision);
      expect(events.map(valueOf)).toEqual(Array.from({ length: 50 }, (_, index) => String(index)));
    });

    it('from a revision to come delivers nothing before it', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const now = await put(memory, `${at}a`, '0');
      await using watch = await record(memory, { prefix: at }, now + 3);
      for (const value of ['1', '2', '3', '4']) await put(memory, `${at}a`, value);
      expect((await watch.received(2)).map(valueOf)).toEqual(['3', '4']);
    });

    it('stops when it is disposed, twice without harm, and leaves the others alone', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const from = (await memory.range({ key: at })).revision + 1;
      await using kept = await record(memory, { prefix: at }, from);
      const gone = await record(memory, { prefix: at }, from);
      await gone[Symbol.asyncDispose]();
      await gone[Symbol.asyncDispose]();
      await put(memory, `${at}a`, '1');
      await kept.received(1);
      expect([gone.batches, gone.ends]).toEqual([[], []]);
    });

    it('whose handler throws ends with that error, and the others go on', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const from = (await memory.range({ key: at })).revision + 1;
      const reasons: unknown[] = [];
      const onBatch = () => {
        throw new Error('handler broke');
      };
      await memory.watch({ prefix: at }, from, { onBatch, onEnd: (reason) => reasons.push(reason) });
      await using other = await record(memory, { prefix: at }, from);
      await put(memory, `${at}a`, '1');
      await put(memory, `${at}a`, '2');
      await other.received(2);
      expect(reasons).toEqual([{ error: expect.objectContaining({ message: 'handler broke' }) as Error }]);
    });
  });
}

export function describeHistory(suite: Suite): void {
  describe('a watch from the past', () => {
    it('replays history and goes live without gap or duplicate', async () => {
      await using memory = await suite.connect();
      await using writer = await suite.connect();
      const at = suite.fresh();
      const first = await put(writer, `${at}a`, '0');
      const writing = writePairs(writer, at, 400);
      await using early = await record(memory, { prefix: at }, first);
      await using late = await record(memory, { prefix: at }, first);
      await writing;
      for (const watch of [early, late]) expectPairs(await watch.received(801), watch);
    });

    it('can be one of many, each complete', async () => {
      await using memory = await suite.connect();
      await using writer = await suite.connect();
      const at = suite.fresh();
      const first = await put(writer, `${at}a`, '0');
      const writing = writePairs(writer, at, 50);
      const watches = await Promise.all(
        Array.from({ length: 60 }, () => record(memory, { prefix: at }, first)),
      );
      await writing;
      for (const watch of watches) expectPairs(await watch.received(101), watch);
    });

    it('carries thousands of large events', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const value = 'v'.repeat(10_000);
      const first = await put(memory, `${at}first`, value);
      for (let turn = 0; turn < 20; turn += 1) {
        await Promise.all(Array.from({ length: 20 }, (_, index) => put(memory, `${at}${index}`, value)));
      }
      await using watch = await record(memory, { prefix: at }, first);
      const events = await watch.received(401);
      expect(isStrictlyIncreasing(events.map(revisionOf))).toBe(true);
      expect(events.every((event) => valueOf(event) === value)).toBe(true);
    });
  });
}

/** Every transaction writes two keys with the same number; the first one is `done` + 1. */
export async function writePairs(memory: SharedMemory, at: string, count: number, done = 0): Promise<void> {
  for (let number = done + 1; number <= done + count; number += 1) {
    const value = String(number);
    await memory.commit({
      guards: [],
      success: ['x', 'y'].map((key) => ({ op: 'put', key: at + key, value })),
    });
  }
}

/** One first event, then the pairs in order, each whole in its batch. */
export function expectPairs(events: readonly MemoryEvent[], { batches, ends }: Recording): void {
  const pairs = Array.from({ length: (events.length - 1) / 2 }, (_, index) => String(index + 1));
  expect(events.map(valueOf)).toEqual(['0', ...pairs.flatMap((value) => [value, value])]);
  const spans = batchRevisionSpans(batches);
  expect(isStrictlyIncreasing([...new Set(spans.flat())])).toBe(true);
  expect(spans.every(([low], index) => index === 0 || low > (spans[index - 1]?.[1] ?? Infinity))).toBe(true);
  expect(batches.map(({ revision }) => revision)).toEqual(spans.map(([, high]) => high));
  expect(ends).toEqual([]);
}

export function describeCompaction(suite: Suite): void {
  describe('compaction', () => {
    it('ends a watch from below it, naming the revision from which a watch is complete', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const first = await put(memory, `${at}a`, '1');
      await put(memory, `${at}a`, '2');
      const { revision } = await memory.commit({
        guards: [],
        success: [{ op: 'delete', select: { key: `${at}a` } }],
      });
      await put(memory, `${at}a`, '3');
      await memory.compact(revision);
      for (const from of [first, revision - 1]) {
        await using tooEarly = await record(memory, { prefix: at }, from);
        expect(await tooEarly.ended()).toEqual({ compacted: revision });
        expect(tooEarly.batches).toEqual([]);
      }
      await using watch = await record(memory, { prefix: at }, revision);
      expect((await watch.received(2)).map(valueOf)).toEqual([`deleted ${at}a`, '3']);
    });

    it('keeps the current records, may be repeated, and leaves live watches alone', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const from = await put(memory, `${at}a`, '1');
      await using watch = await record(memory, { prefix: at }, from);
      await watch.received(1);
      const last = await put(memory, `${at}b`, '2');
      for (const revision of [last + 1, last + 1, from]) await memory.compact(revision);
      await put(memory, `${at}c`, '3');
      expect((await watch.received(3)).map(valueOf)).toEqual(['1', '2', '3']);
      expect((await memory.range({ prefix: at })).records).toHaveLength(3);
    });
  });
}
