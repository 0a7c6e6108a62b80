import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameFlag, type Frame } from './frames.ts';
import { createSendWindow } from './send-window.ts';

const initialRoom = 65_535;
const sentOn = (frames: readonly Frame[], streamId: number) =>
  frames.filter((frame) => frame.streamId === streamId).reduce((sum, { payload }) => sum + payload.length, 0);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe('what may be sent', () => {
  it('never exceeds the room of the stream or of the connection, and all of it goes in the end, in order', () => {
    const sends = fc.array(
      fc.record({ stream: fc.constantFrom(1, 3, 5), size: fc.integer({ min: 0, max: 60_000 }) }),
    );
    const grants = fc.array(
      fc.record({ stream: fc.constantFrom(0, 1, 3, 5), bytes: fc.integer({ min: 1, max: 30_000 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(sends, grants, (wanted, given) => {
        const frames: Frame[] = [];
        const window = createSendWindow((frame) => frames.push(frame));
        const room = new Map([0, 1, 3, 5].map((stream) => [stream, initialRoom]));
        const check = () => {
          for (const stream of [1, 3, 5])
            expect(sentOn(frames, stream)).toBeLessThanOrEqual(room.get(stream) ?? 0);
          expect(sum([1, 3, 5].map((stream) => sentOn(frames, stream)))).toBeLessThanOrEqual(
            room.get(0) ?? 0,
          );
        };
        const grant = (stream: number, bytes: number) => {
          room.set(stream, (room.get(stream) ?? 0) + bytes);
          window.grant(stream, bytes);
          check();
        };
        for (const stream of [1, 3, 5]) window.open(stream);
        for (const [index, { stream, size }] of wanted.entries()) {
          window.send(stream, Buffer.alloc(size, index), false);
          check();
        }
        for (const { stream, bytes } of given) grant(stream, bytes);
        for (const stream of [0, 1, 3, 5]) grant(stream, 10_000_000);
        for (const stream of [1, 3, 5]) {
          const sent = Buffer.concat(
            frames.filter(({ streamId }) => streamId === stream).map(({ payload }) => payload),
          );
          const all = wanted.map((one, index) =>
            one.stream === stream ? Buffer.alloc(one.size, index) : Buffer.alloc(0),
          );
          expect(sent.equals(Buffer.concat(all))).toBe(true);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a stream ends with its last piece, even an empty one', () => {
    const frames: Frame[] = [];
    const window = createSendWindow((frame) => frames.push(frame));
    window.open(1);
    window.send(1, Buffer.alloc(20_000), false);
    window.send(1, Buffer.alloc(0), true);
    expect(frames.map(({ flags, payload }) => [flags, payload.length])).toEqual([
      [0, 16_384],
      [0, 3_616],
      [frameFlag.endStream, 0],
    ]);
  });

  it('shrinks and grows with the room that every stream begins with', () => {
    const frames: Frame[] = [];
    const window = createSendWindow((frame) => frames.push(frame));
    window.open(1);
    window.resize(100);
    window.open(3);
    for (const stream of [1, 3]) window.send(stream, Buffer.alloc(250), true);
    expect([sentOn(frames, 1), sentOn(frames, 3)]).toEqual([100, 100]);
    window.resize(200);
    expect([sentOn(frames, 1), sentOn(frames, 3)]).toEqual([200, 200]);
    window.close(3);
    window.resize(300);
    expect([sentOn(frames, 1), sentOn(frames, 3)]).toEqual([250, 200]);
  });
});
