/** What transactions and reads of a shared memory do. */
import { describe, expect, it } from 'vitest';
import type { Operation, SharedMemory } from '../shared-memory.ts';
import { isStrictlyIncreasing, put, type Suite } from './harness.ts';

const values = (records: readonly { key: string; value: string }[]) => records.map(({ value }) => value);
const keys = (records: readonly { key: string }[]) => records.map(({ key }) => key);

export function describeRevisions(suite: Suite): void {
  describe('revisions', () => {
    it('grow with every write and are shared by all puts of a transaction', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const first = await put(memory, `${at}a`, '1');
      const { revision } = await memory.commit({
        guards: [],
        success: ['b', 'c', 'd'].map((key) => ({ op: 'put', key: at + key, value: key })),
      });
      const { records } = await memory.range({ prefix: at });
      expect(records.map((record) => record.modRevision)).toEqual([first, revision, revision, revision]);
      expect(revision).toBe(first + 1);
    });

    it('keep the one of creation, and give a new one after deletion', async () => {
      await using memory = await suite.connect();
      const key = `${suite.fresh()}a`;
      const created = await put(memory, key, '1');
      const changed = await put(memory, key, '2');
      const { records } = await memory.range({ key });
      expect(records).toEqual([{ key, value: '2', createRevision: created, modRevision: changed }]);
      await memory.commit({ guards: [], success: [{ op: 'delete', select: { key } }] });
      const again = await put(memory, key, '3');
      expect((await memory.range({ key })).records[0]?.createRevision).toBe(again);
    });

    it('stay when nothing is written', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const before = await put(memory, `${at}a`, '1');
      const absent: Operation = { op: 'delete', select: { key: `${at}none` } };
      const { revision } = await memory.commit({ guards: [], success: [absent] });
      expect(revision).toBe(before);
    });

    it('grow strictly over writes in flight together', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const revisions = await Promise.all(
        Array.from({ length: 100 }, (_, index) => put(memory, `${at}${index}`, '')),
      );
      expect(new Set(revisions).size).toBe(100);
      expect(isStrictlyIncreasing([...revisions].sort((a, b) => a - b))).toBe(true);
    });
  });
}

export function describeGuards(suite: Suite): void {
  describe('guards', () => {
    it('let a transaction succeed when all hold', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const modRevision = await put(memory, `${at}a`, '1');
      const commit = await memory.commit({
        guards: [
          { key: `${at}a`, modRevision },
          { key: `${at}b`, absent: true },
          { key: `${at}c`, modRevision: 0 },
        ],
        success: [{ op: 'put', key: `${at}b`, value: 'done' }],
        failure: [{ op: 'put', key: `${at}c`, value: 'wrong' }],
      });
      expect(commit).toMatchObject({ succeeded: true, revision: modRevision + 1 });
      expect(values((await memory.range({ prefix: at })).records)).toEqual(['1', 'done']);
    });

    it('take the failure branch when one does not hold', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const modRevision = await put(memory, `${at}a`, '1');
      const failure: Operation[] = [{ op: 'range', select: { key: `${at}a` } }];
      for (const guard of [
        { key: `${at}a`, modRevision: modRevision - 1 },
        { key: `${at}a`, absent: true as const },
      ]) {
        const commit = await memory.commit({
          guards: [{ key: `${at}none`, absent: true }, guard],
          success: [{ op: 'put', key: `${at}a`, value: 'wrong' }],
          failure,
        });
        expect(commit.succeeded).toBe(false);
        expect(commit.ranges.map(values)).toEqual([['1']]);
      }
    });

    it('never lose one of many concurrent increments', async () => {
      await using first = await suite.connect();
      await using second = await suite.connect();
      const key = `${suite.fresh()}counter`;
      const increments = Array.from({ length: 16 }, (_, client) =>
        incrementOften(client % 2 === 0 ? first : second, key, 10),
      );
      await Promise.all(increments);
      expect(values((await first.range({ key })).records)).toEqual(['160']);
    });
  });
}

async function incrementOften(memory: SharedMemory, key: string, times: number): Promise<void> {
  let known = (await memory.range({ key })).records[0];
  for (let done = 0; done < times;) {
    const commit = await memory.commit({
      guards: [{ key, modRevision: known?.modRevision ?? 0 }],
      success: [
        { op: 'put', key, value: String(Number(known?.value ?? 0) + 1) },
        { op: 'range', select: { key } },
      ],
      failure: [{ op: 'range', select: { key } }],
    });
    known = commit.ranges[0]?.[0];
    if (commit.succeeded) done += 1;
  }
}

export function describeOperations(suite: Suite): void {
  describe('operations', () => {
    it('run in order: a range sees the writes before it and not those after it', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      await put(memory, `${at}b`, 'old');
      const all: Operation = { op: 'range', select: { prefix: at } };
      const { ranges } = await memory.commit({
        guards: [],
        success: [
          all,
          { op: 'put', key: `${at}a`, value: 'new' },
          all,
          { op: 'delete', select: { key: `${at}b` } },
          all,
        ],
      });
      expect(ranges.map(values)).toEqual([['old'], ['new', 'old'], ['new']]);
    });

    it('delete by key, by prefix and by range, and leave the rest', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      for (const key of ['a1', 'a2', 'b', 'c', 'd', 'e']) await put(memory, at + key, key);
      const selects = [{ key: `${at}e` }, { prefix: `${at}a` }, { from: `${at}b`, to: `${at}d` }];
      for (const select of selects) {
        await memory.commit({ guards: [], success: [{ op: 'delete', select }] });
      }
      expect(values((await memory.range({ prefix: at })).records)).toEqual(['d']);
    });

    it('sort keys by their UTF-8 bytes and keep any text', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const texts = ['', 'A', 'a', 'aÿ', 'ä', 'é/日本', '\uffff', '𝄞', '\u{10ffff}', '\u{10ffff}x'];
      for (const text of [...texts].reverse()) await put(memory, at + text, text);
      const { records } = await memory.range({ prefix: at });
      expect(keys(records)).toEqual(texts.map((text) => at + text));
      expect(values(records)).toEqual(texts);
    });

    it('select by prefixes whose last byte is as high as it gets', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      for (const key of ['\u{10fffe}', '\u{10ffff}', '\u{10ffff}x', 'ÿ', 'ÿz', 'Ā'])
        await put(memory, at + key, key);
      const under = async (prefix: string) => values((await memory.range({ prefix: at + prefix })).records);
      expect(await under('\u{10ffff}')).toEqual(['\u{10ffff}', '\u{10ffff}x']);
      expect(await under('ÿ')).toEqual(['ÿ', 'ÿz']);
    });

    it('select every key by the empty prefix, and by a range from the empty key', async () => {
      await using memory = await suite.connect();
      const key = `${suite.fresh()}one`;
      await put(memory, key, '');
      expect(keys((await memory.range({ prefix: '' })).records)).toContain(key);
      expect(keys((await memory.range({ from: '', to: 'zzz' })).records)).toContain(key);
    });

    it('carry values of 200 kB and more', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const value = 'größer '.repeat(40_000);
      const { ranges } = await memory.commit({
        guards: [],
        success: [
          { op: 'put', key: `${at}a`, value },
          { op: 'put', key: `${at}b`, value },
          { op: 'range', select: { prefix: at } },
        ],
      });
      expect(ranges.map(values)).toEqual([[value, value]]);
    });

    it('of one client are seen by the next read of another', async () => {
      await using writer = await suite.connect();
      await using reader = await suite.connect();
      const key = `${suite.fresh()}a`;
      for (let turn = 0; turn < 50; turn += 1) {
        const revision = await put(writer, key, String(turn));
        const seen = await reader.range({ key });
        expect(values(seen.records)).toEqual([String(turn)]);
        expect(seen.revision).toBeGreaterThanOrEqual(revision);
      }
    });
  });
}

export function describeRefusals(suite: Suite): void {
  describe('refusals', () => {
    const refusal = { name: 'StrataError', code: 'STRATA-E513' };

    it('come for an empty key and for an empty range, and harm nothing', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      await expect(put(memory, '', 'x')).rejects.toMatchObject(refusal);
      await expect(memory.range({ key: '' })).rejects.toMatchObject(refusal);
      await expect(memory.range({ from: `${at}b`, to: `${at}a` })).rejects.toMatchObject(refusal);
      await put(memory, `${at}a`, 'fine');
      expect(values((await memory.range({ prefix: at })).records)).toEqual(['fine']);
    });

    it('come for a key that is written twice in a transaction, which then does nothing', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const write: Operation = { op: 'put', key: `${at}a`, value: '1' };
      const success: Operation[] = [{ op: 'put', key: `${at}first`, value: '1' }, write];
      for (const second of [write, { op: 'delete' as const, select: { prefix: `${at}a` } }]) {
        const commit = memory.commit({ guards: [], success: [...success, second] });
        await expect(commit).rejects.toMatchObject({ ...refusal, cause: expect.any(Error) as Error });
      }
      expect((await memory.range({ prefix: at })).records).toEqual([]);
    });

    it('come for compaction at a revision that is still far away', async () => {
      await using memory = await suite.connect();
      const { revision } = await memory.range({ key: suite.fresh() });
      await expect(memory.compact(revision + 1_000)).rejects.toMatchObject(refusal);
    });
  });
}
