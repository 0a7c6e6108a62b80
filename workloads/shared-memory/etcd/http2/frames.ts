/** HTTP/2's frames (RFC 9113, section 4): what goes over the connection, in pieces of at most 16 KiB unless agreed. */
import { malformed } from '../../failures.ts';
import { pieceReader } from '../../pieces.ts';

export const frameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const frameFlag = {
  endStream: 1,
  acknowledgement: 1,
  endHeaders: 4,
  padded: 8,
  priority: 32,
} as const;

export interface Frame {
  readonly type: number;
  readonly flags: number;
  /** 0 = the connection itself. */
  readonly streamId: number;
  readonly payload: Buffer;
}

const headBytes = 9;
/** The least, and without other agreement the most, that a payload may hold. */
export const defaultFrameBytes = 16_384;

export function encodeFrame({ type, flags, streamId, payload }: Frame): Buffer {
  const frame = Buffer.allocUnsafe(headBytes + payload.length);
  frame.writeUIntBE(payload.length, 0, 3);
  frame[3] = type;
  frame[4] = flags;
  frame.writeUInt32BE(streamId, 5);
  payload.copy(frame, headBytes);
  return frame;
}

/** Returns what takes the socket's chunks; throws E517 for a frame that is longer than we agreed to. */
export function frameReader(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  return pieceReader({ headBytes, bodyBytes: payloadSize }, (piece) =>
    onFrame({
      type: piece.readUInt8(3),
      flags: piece.readUInt8(4),
      streamId: piece.readUInt32BE(5) & 0x7fff_ffff,
      payload: piece.subarray(headBytes),
    }),
  );
}

function payloadSize(bytes: Buffer, at: number): number {
  const size = bytes.readUIntBE(at, 3);
  if (size > defaultFrameBytes) throw malformed(`HTTP/2 frame of ${size} bytes (limit ${defaultFrameBytes})`);
  return size;
}

/** The payload of DATA or HEADERS without its padding and its priority. */
export function contentOf({ flags, payload }: Frame, mayHavePriority: boolean): Buffer {
  let start = 0;
  let end = payload.length;
  if ((flags & frameFlag.padded) !== 0) {
    end -= payload[0] ?? 0;
    start = 1;
  }
  if (mayHavePriority && (flags & frameFlag.priority) !== 0) start += 5;
  if (start > end) throw malformed('HTTP/2 frame: more padding than payload');
  return payload.subarray(start, end);
}
