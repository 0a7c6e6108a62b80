import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { laneSeed, tupleText, tupleValue } from '../tuples.ts';
import { areEqual, checksumOf, minus, tupleCrc, type LaneTuples } from './checksum.ts';

const tuples: LaneTuples = { origin: 2, lane: 17, ofLane: laneSeed(9, 2, 17), stringLength: 40 };
const { signal } = new AbortController();

describe('the checksum of tuples', () => {
  it('of one is the CRC-32 of its columns, separated by commas', () => {
    const text = `2,17,123,${tupleValue(tuples.ofLane, 123)},${tupleText(tuples.ofLane, 123, 40)}`;
    expect(tupleCrc(tuples)(123)).toBe(crc32(text));
  });

  it('of many is the sum over all of them, also beyond what a double holds exactly', async () => {
    const crcOf = tupleCrc(tuples);
    let sum = 0n;
    for (let seq = 100; seq < 60_100; seq += 1) sum += BigInt(crcOf(seq));
    expect(await checksumOf(tuples, { firstSeq: 100, count: 60_000 }, signal)).toEqual({
      count: 60_000,
      sum,
    });
  });

  it('of a part can be taken from the whole', async () => {
    const whole = await checksumOf(tuples, { firstSeq: 0, count: 300 }, signal);
    const part = await checksumOf(tuples, { firstSeq: 100, count: 100 }, signal);
    const first = await checksumOf(tuples, { firstSeq: 0, count: 100 }, signal);
    const last = await checksumOf(tuples, { firstSeq: 200, count: 100 }, signal);
    const rest = { count: first.count + last.count, sum: first.sum + last.sum };
    expect(areEqual(minus(whole, part), rest)).toBe(true);
    expect(areEqual(whole, rest)).toBe(false);
  });

  it('stops computing when nobody wants it any more', async () => {
    const { signal: aborted } = { signal: AbortSignal.abort(new Error('enough')) };
    await expect(checksumOf(tuples, { firstSeq: 0, count: 10 }, aborted)).rejects.toThrow('enough');
  });
});
