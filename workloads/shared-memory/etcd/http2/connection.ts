/**
 * The client's side of one HTTP/2 connection (RFC 9113) to a gRPC server, for messages of a few hundred bytes that
 * come by the thousand. Hand-made because it is on the measured path of every replica, where Node's own client costs
 * more than twice, and a gRPC library more than four times as much processor time a call. Left out: TLS, pushes,
 * priorities, limits of concurrent streams (etcd has none), dynamic header tables.
 */
import { connect, type Socket } from 'node:net';
import { StrataError } from '../../../../harness/foundation/errors.ts';
import { cancelFrame, pingFrame, settingId, settingsFrame, windowUpdateFrame } from './control-frames.ts';
import { encodeFrame, frameFlag, frameReader, frameType, type Frame } from './frames.ts';
import { forget, takeFrame, type Intake, type StreamListener } from './intake.ts';
import { createSendWindow } from './send-window.ts';

export interface Http2Stream {
  /** `last`: nothing follows. */
  write(bytes: Buffer, last: boolean): void;
  /** Not wanted any more: nothing is heard of it from now on. */
  cancel(): void;
}

export interface Http2Connection {
  /** False once it is lost or closed, or has had all the streams a connection can have. */
  readonly isOpen: boolean;
  /** Begins a stream with an encoded header block. What is sent before the connection stands waits for it. */
  open(headerBlock: Buffer, listener: StreamListener): Http2Stream;
  /** Open streams are lost for this reason. */
  close(reason: Error): void;
}

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
const largestWindow = 2 ** 31 - 1;
const initialConnectionWindow = 65_535;
const lastStreamId = 2 ** 31 - 1;
/** etcd hangs up on clients that ping more often than every 5 s. */
const silenceCheckMs = 5_000;

/** Never throws: a connection that cannot be made loses its streams. */
export function openConnection(host: string, port: number): Http2Connection {
  const socket = connect({ host, port, noDelay: true });
  const write = writerOf(socket);
  const send = (frame: Frame) => write(encodeFrame(frame));
  let isOpen = true;
  let nextId = 1;
  const lose = (reason: Error) => {
    if (!isOpen) return;
    isOpen = false;
    endWatch();
    socket.destroy();
    for (const { id, listener } of [...intake.streams.values()]) {
      if (intake.streams.delete(id)) listener.onLost(reason);
    }
  };
  const intake: Intake = {
    ...{ streams: new Map(), window: createSendWindow(send), send, lose },
    ...{ decoded: new Map(), partial: null, owedBytes: 0 },
  };
  const endWatch = watchForSilence(socket, intake);
  listen(socket, intake);
  write(preface);
  send(ourSettings());
  send(windowUpdateFrame(0, largestWindow - initialConnectionWindow));

  return {
    get isOpen() {
      return isOpen && nextId <= lastStreamId;
    },
    open(headerBlock, listener) {
      const id = nextId;
      nextId += 2;
      intake.streams.set(id, { id, listener, owedBytes: 0 });
      intake.window.open(id);
      send({ type: frameType.headers, flags: frameFlag.endHeaders, streamId: id, payload: headerBlock });
      return {
        write: (bytes, last) => intake.window.send(id, bytes, last),
        cancel: () => cancel(intake, id),
      };
    },
    close: lose,
  };
}

function ourSettings(): Frame {
  return settingsFrame([
    [settingId.headerTableSize, 0],
    [settingId.enablePush, 0],
    [settingId.initialWindowSize, largestWindow],
  ]);
}

/** What is written in one turn of the event loop goes out as one piece. */
function writerOf(socket: Socket): (bytes: Buffer) => void {
  let waiting: Buffer[] = [];
  const flush = () => {
    const bytes = Buffer.concat(waiting);
    waiting = [];
    if (!socket.destroyed) socket.write(bytes);
  };
  return (bytes) => {
    if (waiting.length === 0) process.nextTick(flush);
    waiting.push(bytes);
  };
}

function listen(socket: Socket, intake: Intake): void {
  const read = frameReader((frame) => takeFrame(intake, frame));
  socket.on('data', (chunk) => {
    try {
      read(chunk);
    } catch (error) {
      // Only what is wrong with the bytes: a listener's own failure is nobody's to swallow.
      if (!(error instanceof StrataError && error.code === 'STRATA-E517')) throw error;
      intake.lose(error);
    }
  });
  socket.on('error', intake.lose);
  socket.on('close', () => intake.lose(new Error('the server closed the connection')));
}

function cancel(intake: Intake, id: number): void {
  if (!intake.streams.has(id)) return;
  forget(intake, id);
  intake.send(cancelFrame(id));
}

/** A server that is asked something and stays silent is asked for a sign of life, and given up when none comes. */
function watchForSilence(socket: Socket, { streams, send, lose }: Intake): () => void {
  let wasHeard = false;
  let pinged = false;
  socket.on('data', () => (wasHeard = true));
  const check = () => {
    const isQuiet = !wasHeard && streams.size > 0;
    wasHeard = false;
    if (isQuiet && pinged) lose(new Error(`no sign of life within ${silenceCheckMs / 1000} s of a ping`));
    else if (isQuiet) send(pingFrame());
    pinged = isQuiet;
  };
  const timer = setInterval(check, silenceCheckMs);
  timer.unref();
  return () => clearInterval(timer);
}
