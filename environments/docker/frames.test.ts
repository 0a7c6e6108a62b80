import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { frames } from './frames.ts';

const encode = (stream: number, payload: Buffer): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
};

async function decode(chunks: readonly Buffer[]): Promise<{ stdout: Buffer; stderr: Buffer }> {
  const parts = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  for await (const { stream, payload } of frames(Readable.from(chunks))) parts[stream].push(payload);
  return { stdout: Buffer.concat(parts.stdout), stderr: Buffer.concat(parts.stderr) };
}

describe('the multiplexed stream', () => {
  it('comes apart into the same bytes wherever the network cuts it', async () => {
    const frame = fc.record({ stream: fc.constantFrom(1, 2), payload: fc.uint8Array({ maxLength: 40 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(frame, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 20 }),
        async (sent, cuts) => {
          const whole = Buffer.concat(
            sent.map(({ stream, payload }) => encode(stream, Buffer.from(payload))),
          );
          const places = [0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length].sort(
            (a, b) => a - b,
          );
          const chunks = places.slice(1).map((place, index) => whole.subarray(places[index], place));
          const of = (wanted: number) =>
            Buffer.concat(
              sent.filter(({ stream }) => stream === wanted).map(({ payload }) => Buffer.from(payload)),
            );
          expect(await decode(chunks)).toEqual({ stdout: of(1), stderr: of(2) });
        },
      ),
    );
  });

  it('with a stream number the engine never uses is refused', async () => {
    await expect(decode([encode(7, Buffer.from('x'))])).rejects.toThrow(/stream 7/);
  });
});
