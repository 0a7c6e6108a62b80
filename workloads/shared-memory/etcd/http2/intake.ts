/** What the server's frames do: streams hear of theirs, windows and settings change, pings are answered. */
import {
  numberOf,
  settingId,
  settingsAcknowledged,
  settingsOf,
  windowUpdateFrame,
} from './control-frames.ts';
import { contentOf, frameFlag, frameType, type Frame } from './frames.ts';
import { decodeHeaders, type Headers } from './hpack.ts';
import type { SendWindow } from './send-window.ts';

export interface StreamListener {
  readonly onHeaders: (headers: Headers) => void;
  readonly onData: (piece: Buffer) => void;
  /** The other side has said all. */
  readonly onEnd: () => void;
  /** Instead of `onEnd`: the stream was reset, or the connection is gone. */
  readonly onLost: (reason: Error) => void;
}

export interface OpenStream {
  readonly id: number;
  readonly listener: StreamListener;
  /** Bytes received for which the other side has not been given room again. */
  owedBytes: number;
}

export interface Intake {
  readonly streams: Map<number, OpenStream>;
  readonly window: SendWindow;
  readonly send: (frame: Frame) => void;
  readonly lose: (reason: Error) => void;
  /** Header blocks that came before: they are few and repeat, trailers of success mostly. */
  readonly decoded: Map<string, Headers>;
  /** A header block that is not complete yet. */
  partial: { readonly first: Frame; readonly pieces: Buffer[] } | null;
  owedBytes: number;
}

/** Room is given back in pieces of this size: there is plenty, and every update is a packet. */
const giveBackBytes = 2 ** 28;
const rememberedBlocks = 64;

/** Throws E517 for what no server may send. */
export function takeFrame(intake: Intake, frame: Frame): void {
  switch (frame.type) {
    case frameType.data:
      takeData(intake, frame);
      return;
    case frameType.headers:
    case frameType.continuation:
      takeHeaders(intake, frame);
      return;
    case frameType.resetStream:
      takeReset(intake, frame);
      return;
    case frameType.settings:
      takeSettings(intake, frame);
      return;
    case frameType.ping:
      if (isRequest(frame)) intake.send({ ...frame, flags: frameFlag.acknowledgement });
      return;
    case frameType.goAway:
      intake.lose(
        new Error(`the server ends the connection ${frame.payload.toString('latin1', 8)}`.trimEnd()),
      );
      return;
    case frameType.windowUpdate:
      intake.window.grant(frame.streamId, numberOf(frame));
      return;
    default:
    // Frames of unknown types are to be ignored (RFC 9113, section 5.5).
  }
}

function takeData(intake: Intake, frame: Frame): void {
  const size = frame.payload.length;
  intake.owedBytes = giveBack(intake, 0, intake.owedBytes + size);
  const stream = intake.streams.get(frame.streamId);
  if (stream === undefined) return;
  stream.owedBytes = giveBack(intake, stream.id, stream.owedBytes + size);
  stream.listener.onData(contentOf(frame, false));
  if ((frame.flags & frameFlag.endStream) !== 0) end(intake, stream);
}

/** Returns what is still owed. */
function giveBack({ send }: Intake, streamId: number, owedBytes: number): number {
  if (owedBytes < giveBackBytes) return owedBytes;
  send(windowUpdateFrame(streamId, owedBytes));
  return 0;
}

function takeHeaders(intake: Intake, frame: Frame): void {
  const piece = frame.type === frameType.headers ? contentOf(frame, true) : frame.payload;
  intake.partial ??= { first: frame, pieces: [] };
  const { first, pieces } = intake.partial;
  pieces.push(piece);
  if ((frame.flags & frameFlag.endHeaders) === 0) return;
  intake.partial = null;
  const stream = intake.streams.get(first.streamId);
  if (stream === undefined) return;
  stream.listener.onHeaders(headersOf(intake, pieces.length === 1 ? piece : Buffer.concat(pieces)));
  if ((first.flags & frameFlag.endStream) !== 0) end(intake, stream);
}

function headersOf({ decoded }: Intake, block: Buffer): Headers {
  const key = block.toString('latin1');
  let headers = decoded.get(key);
  if (headers === undefined) {
    headers = decodeHeaders(block);
    if (decoded.size < rememberedBlocks) decoded.set(key, headers);
  }
  return headers;
}

function takeReset(intake: Intake, frame: Frame): void {
  const stream = intake.streams.get(frame.streamId);
  if (stream === undefined) return;
  forget(intake, stream.id);
  stream.listener.onLost(new Error(`the server reset the stream (HTTP/2 error ${numberOf(frame)})`));
}

function takeSettings(intake: Intake, frame: Frame): void {
  if (!isRequest(frame)) return;
  for (const [id, value] of settingsOf(frame)) {
    if (id === settingId.initialWindowSize) intake.window.resize(value);
  }
  intake.send(settingsAcknowledged());
}

function isRequest({ flags }: Frame): boolean {
  return (flags & frameFlag.acknowledgement) === 0;
}

function end(intake: Intake, { id, listener }: OpenStream): void {
  // Its listener may have cancelled it meanwhile.
  if (!intake.streams.has(id)) return;
  forget(intake, id);
  listener.onEnd();
}

export function forget({ streams, window }: Intake, id: number): void {
  streams.delete(id);
  window.close(id);
}
