/**
 * Docker's multiplexed stream taken apart: each frame is a header of 8 bytes (stream number, three zeros, length
 * as big-endian 32 bit) and its payload (Engine API, "Attach to a container"). Reading is pulled, so a slow reader
 * slows the command down instead of filling memory.
 */
import type { OutputPiece } from '../command/command-runner.ts';

const headerBytes = 8;

/** Parts of a payload are handed on as they come; one frame may thus appear as several. */
export async function* frames(source: AsyncIterable<Buffer>): AsyncGenerator<OutputPiece> {
  const split = frameSplitter();
  for await (const chunk of source) yield* split(chunk);
}

function frameSplitter(): (chunk: Buffer) => OutputPiece[] {
  let pending: Buffer = Buffer.alloc(0);
  let stream: OutputPiece['stream'] = 'stdout';
  let payloadLeft = 0;
  return (chunk) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const found: OutputPiece[] = [];
    while (pending.length > 0) {
      if (payloadLeft === 0) {
        if (pending.length < headerBytes) break;
        stream = streamName(pending.readUInt8(0));
        payloadLeft = pending.readUInt32BE(4);
        pending = pending.subarray(headerBytes);
      } else {
        const payload = pending.subarray(0, payloadLeft);
        pending = pending.subarray(payload.length);
        payloadLeft -= payload.length;
        found.push({ stream, payload });
      }
    }
    return found;
  };
}

function streamName(number: number): OutputPiece['stream'] {
  if (number === 1) return 'stdout';
  if (number === 2) return 'stderr';
  throw new Error(`the engine sent a frame of stream ${number}, which is neither stdout nor stderr`);
}
