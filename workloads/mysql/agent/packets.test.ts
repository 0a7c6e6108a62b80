import { describe, expect, it } from 'vitest';
import { laneSeed, tupleText, tupleValue } from '../tuples.ts';
import {
  batchPacket,
  forStatement,
  insertPacket,
  largestBatchBytes,
  queryPacket,
  rowFormat,
  rowLiterals,
} from './packets.ts';

const ofLane = laneSeed(3, 1, 4);

describe('the packet of a prepared insert', () => {
  it('is laid out as the protocol wants it', () => {
    const packet = batchPacket(rowFormat(6), ofLane, { firstSeq: 258, count: 2 });
    forStatement(packet, 5);
    const text = (seq: number) => [...Buffer.from(tupleText(ofLane, seq, 6))];
    const types = [3, 0, 1, 0, 254, 0];
    expect([...packet]).toEqual([
      ...[packet.length - 4, 0, 0, 0],
      ...[0x17, 5, 0, 0, 0, 0, 1, 0, 0, 0],
      // No NULL among six parameters; types follow.
      ...[0, 1, ...types, ...types],
      ...[2, 1, 0, 0, tupleValue(ofLane, 258), 6, ...text(258)],
      ...[3, 1, 0, 0, tupleValue(ofLane, 259), 6, ...text(259)],
    ]);
  });

  it('writes the length of long strings in three bytes', () => {
    const packet = batchPacket(rowFormat(300), ofLane, { firstSeq: 0, count: 1 });
    const text = tupleText(ofLane, 0, 300);
    expect(packet.subarray(-303, -300)).toEqual(Buffer.from([0xfc, 300 & 0xff, 300 >> 8]));
    expect(packet.subarray(-300).toString('latin1')).toBe(text);
  });

  it('is sent whole to whoever has the same statement number, with a head of its own to others', () => {
    const packet = insertPacket(rowFormat(6), 1);
    expect(forStatement(packet, 7)).toEqual([packet]);
    expect(forStatement(packet, 7)).toEqual([packet]);
    const [head, rest] = forStatement(packet, 9);
    const whole = Buffer.concat([head, rest ?? new Uint8Array()]);
    expect(whole.length).toBe(packet.length);
    expect(whole.readUInt32LE(5)).toBe(9);
    expect(packet.readUInt32LE(5), 'the shared packet is left alone').toBe(7);
  });

  it('never is larger than foretold, nor is its text', () => {
    for (const [length, rows] of [
      [1, 1],
      [32, 100],
      [250, 7],
      [251, 3],
      [16_000, 4],
    ] as const) {
      const batch = { firstSeq: 2 ** 31 - 1 - rows, count: rows };
      const literals = rowLiterals(rowFormat(length), 14, 63, ofLane, batch);
      const text = queryPacket(`INSERT INTO tuples (origin, lane, seq, value, text) VALUES ${literals}`);
      const foretold = largestBatchBytes(length, rows);
      expect(foretold).toBeGreaterThanOrEqual(text.length);
      expect(foretold).toBeGreaterThanOrEqual(batchPacket(rowFormat(length), ofLane, batch).length);
    }
  });
});
