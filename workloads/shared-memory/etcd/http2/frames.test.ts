import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentOf, defaultFrameBytes, encodeFrame, frameFlag, frameReader, type Frame } from './frames.ts';

const anyFrame = fc.record({
  type: fc.integer({ min: 0, max: 255 }),
  flags: fc.integer({ min: 0, max: 255 }),
  streamId: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

/** The bytes in pieces that end anywhere. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('frames', () => {
  it('arrive as they were sent, however the connection cuts them up', () => {
    fc.assert(
      fc.property(fc.array(anyFrame), fc.array(fc.nat()), (frames, places) => {
        const read: Frame[] = [];
        const take = frameReader((frame) => read.push(frame));
        for (const piece of cut(Buffer.concat(frames.map(encodeFrame)), places)) take(piece);
        expect(read).toEqual(frames);
      }),
    );
  });

  it('longer than was agreed to are refused', () => {
    const payload = Buffer.alloc(defaultFrameBytes + 1);
    const bytes = encodeFrame({ type: 0, flags: 0, streamId: 1, payload });
    expect(() => {
      frameReader(() => undefined)(bytes);
    }).toThrow(expect.objectContaining({ code: 'STRATA-E517' }) as Error);
  });

  it('have a content without padding and priority', () => {
    const payload = Buffer.from([2, 9, 9, 9, 9, 9, 65, 66, 0, 0]);
    const frame = { type: 1, flags: frameFlag.padded | frameFlag.priority, streamId: 1, payload };
    expect(contentOf(frame, true).toString()).toBe('AB');
    expect(() => contentOf({ ...frame, payload: Buffer.from([9, 65]) }, false)).toThrow('more padding');
  });
});
