/**
 * gRPC over HTTP/2: a message is a flag, its length in 4 bytes and its bytes; how a call went is told at its end, by
 * number and text.
 */
import { malformed } from '../failures.ts';
import { pieceReader } from '../pieces.ts';
import { encodeHeaders, type Headers } from './http2/hpack.ts';

/** The numbers that gRPC gives to outcomes; those that matter here. */
export const grpcStatus = {
  cancelled: 1,
  unknown: 2,
  deadlineExceeded: 4,
  notFound: 5,
  outOfRange: 11,
  internal: 13,
  unavailable: 14,
} as const;

/** The server's own words about a call that it did not carry out. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly status: number;

  constructor(status: number, details: string) {
    super(`${details} (gRPC status ${status})`);
    this.status = status;
  }
}

const prefixBytes = 5;

export function requestHeaders(method: string, authority: string): Buffer {
  return encodeHeaders([
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', method],
    [':authority', authority],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
  ]);
}

export function frameMessage(message: Buffer): Buffer {
  const framed = Buffer.allocUnsafe(prefixBytes + message.length);
  framed[0] = 0;
  framed.writeUInt32BE(message.length, 1);
  message.copy(framed, prefixBytes);
  return framed;
}

/** Returns what takes the pieces of a body; throws E517 for a compressed message: nobody asked for one. */
export function messageReader(onMessage: (message: Buffer) => void): (piece: Buffer) => void {
  return pieceReader({ headBytes: prefixBytes, bodyBytes: messageSize }, (framed) =>
    onMessage(framed.subarray(prefixBytes)),
  );
}

function messageSize(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0) throw malformed('gRPC message: it is compressed');
  return bytes.readUInt32BE(at + 1);
}

/** What headers or trailers say of a call: null when it goes on or went well. */
export function failureIn(headers: Headers): GrpcError | null {
  const httpStatus = headers.get(':status') ?? '200';
  const status = headers.get('grpc-status');
  if (status === undefined) {
    return httpStatus === '200' ? null : new GrpcError(grpcStatus.unknown, `HTTP status ${httpStatus}`);
  }
  if (status === '0') return null;
  const known = /^\d{1,3}$/.test(status) ? Number(status) : grpcStatus.unknown;
  return new GrpcError(known, decodeDetails(headers.get('grpc-message') ?? 'no reason given'));
}

/** Percent-encoded UTF-8. */
function decodeDetails(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
