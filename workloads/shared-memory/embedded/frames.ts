/**
 * Messages over TCP: a frame is a length (4 bytes, big-endian) and a JSON array. Messages of one turn of the event
 * loop share a frame, so that a burst costs one write and one read.
 */
import type { Socket } from 'node:net';
import { malformed } from '../failures.ts';
import { pieceReader } from '../pieces.ts';

const headerBytes = 4;
const longestFrameBytes = 256 * 1024 ** 2;

/** Returns what adds one message, given as JSON text, to the socket's next frame. */
export function frameWriter(socket: Socket): (json: string) => void {
  let waiting: string[] = [];
  const flush = () => {
    const body = `[${waiting.join(',')}]`;
    waiting = [];
    const size = Buffer.byteLength(body);
    const frame = Buffer.allocUnsafe(headerBytes + size);
    frame.writeUInt32BE(size);
    frame.write(body, headerBytes, size, 'utf8');
    if (socket.writable) socket.write(frame);
  };
  return (json) => {
    if (waiting.length === 0) process.nextTick(flush);
    waiting.push(json);
  };
}

/** Returns what takes the socket's chunks; throws E517 for what cannot be a frame. */
export function frameReader(onMessages: (messages: readonly unknown[]) => void): (chunk: Buffer) => void {
  return pieceReader({ headBytes: headerBytes, bodyBytes: frameSize }, (frame) =>
    onMessages(parseFrame(frame.toString('utf8', headerBytes))),
  );
}

function frameSize(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at);
  if (size > longestFrameBytes) throw malformed(`frame of ${size} bytes (limit ${longestFrameBytes})`);
  return size;
}

function parseFrame(body: string): readonly unknown[] {
  let messages: unknown;
  try {
    messages = JSON.parse(body);
  } catch (error) {
    throw malformed('frame: not JSON', error);
  }
  if (!Array.isArray(messages)) throw malformed('frame: not a list of messages');
  return messages;
}
