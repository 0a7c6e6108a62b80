/**
 * The way to etcd: calls and streams of messages over one connection, made anew when it is lost. It knows deadlines
 * and disposal, and turns gRPC's status into the errors of the shared memory; it does not know what the bytes mean.
 */
import type { StrataError } from '../../../harness/foundation/errors.ts';
import { connectionLost, disposed, refused, timedOut, type Endpoint } from '../failures.ts';
import { failureIn, frameMessage, GrpcError, grpcStatus, messageReader, requestHeaders } from './grpc.ts';
import { openConnection, type Http2Connection } from './http2/connection.ts';
import type { StreamListener } from './http2/intake.ts';

export interface StreamEvents {
  readonly onMessage: (message: Buffer) => void;
  /** Called once, also when the other side ended the stream in good order; never after `close`. */
  readonly onClosed: (reason: StrataError) => void;
}

export interface ByteStream {
  write(message: Buffer): void;
  close(): void;
}

export interface EtcdTransport extends Disposable {
  readonly endpoint: Endpoint;
  /** `what` names the call in errors. Rejects with E511–E513 or E515. */
  call(method: string, request: Buffer, what: string): Promise<Buffer>;
  stream(method: string, events: StreamEvents): ByteStream;
}

/** A call that is under way. */
interface Pending {
  readonly startedMs: number;
  readonly what: string;
  readonly fail: (reason: StrataError) => void;
}

const overdueCheckMs = 250;

export function openTransport(endpoint: Endpoint, callTimeoutMs: number): EtcdTransport {
  const link = linkTo(endpoint);
  const headersOf = rememberedHeaders(`${endpoint.host}:${endpoint.port}`);
  const pending = new Set<Pending>();
  const streams = new Set<ByteStream>();
  let isDisposed = false;
  const overdue = setInterval(() => failOverdue(pending, endpoint, callTimeoutMs), overdueCheckMs);
  overdue.unref();

  return {
    endpoint,
    call(method, request, what) {
      if (isDisposed) return Promise.reject(disposed(endpoint, what));
      return new Promise((resolve, reject) => {
        const listener = unaryListener(
          (answer) => pending.delete(entry) && resolve(answer),
          (reason) => pending.delete(entry) && reject(statusError(endpoint, what, reason)),
        );
        const stream = link.reach().open(headersOf(method), listener);
        const fail = (reason: StrataError) => {
          pending.delete(entry);
          reject(reason);
          stream.cancel();
        };
        const entry: Pending = { startedMs: performance.now(), what, fail };
        pending.add(entry);
        stream.write(frameMessage(request), true);
      });
    },
    stream(method, events) {
      const stream = openStream(link.reach(), headersOf(method), endpoint, events, () =>
        streams.delete(stream),
      );
      streams.add(stream);
      return stream;
    },
    [Symbol.dispose]() {
      if (isDisposed) return;
      isDisposed = true;
      clearInterval(overdue);
      for (const { fail, what } of [...pending]) fail(disposed(endpoint, what));
      for (const stream of [...streams]) stream.close();
      link.close();
    },
  };
}

/** The connection that stands, or a new one: whoever needs it asks again, so nothing is tried in vain meanwhile. */
function linkTo({ host, port }: Endpoint): { reach(): Http2Connection; close(): void } {
  let connection: Http2Connection | null = null;
  const close = () => connection?.close(new Error('closed'));
  return {
    close,
    reach() {
      if (connection?.isOpen !== true) {
        close();
        connection = openConnection(host, port);
      }
      return connection;
    },
  };
}

/** The encoded headers of each method. */
function rememberedHeaders(authority: string): (method: string) => Buffer {
  const blocks = new Map<string, Buffer>();
  return (method) => {
    let block = blocks.get(method);
    if (block === undefined) {
      block = requestHeaders(method, authority);
      blocks.set(method, block);
    }
    return block;
  };
}

/** One answer, or a failure. */
function unaryListener(
  onAnswer: (answer: Buffer) => void,
  onFailure: (reason: Error) => void,
): StreamListener {
  let answer: Buffer | null = null;
  let failure: Error | null = null;
  return {
    onHeaders: (headers) => (failure ??= failureIn(headers)),
    onData: messageReader((message) => (answer = message)),
    onEnd() {
      if (failure !== null) onFailure(failure);
      else if (answer === null) onFailure(new Error('the answer is empty'));
      else onAnswer(answer);
    },
    onLost: onFailure,
  };
}

function openStream(
  connection: Http2Connection,
  headers: Buffer,
  endpoint: Endpoint,
  events: StreamEvents,
  forget: () => void,
): ByteStream {
  let failure: Error | null = null;
  const end = (reason: Error) => {
    forget();
    events.onClosed(statusError(endpoint, 'a stream', reason));
  };
  const stream = connection.open(headers, {
    onHeaders: (received) => (failure ??= failureIn(received)),
    onData: messageReader(events.onMessage),
    onEnd: () => end(failure ?? new Error('the server ended the stream')),
    onLost: end,
  });
  return {
    write: (message) => stream.write(frameMessage(message), false),
    close() {
      forget();
      stream.cancel();
    },
  };
}

function failOverdue(pending: ReadonlySet<Pending>, endpoint: Endpoint, limitMs: number): void {
  const now = performance.now();
  for (const { startedMs, what, fail } of [...pending]) {
    if (now - startedMs < limitMs) return;
    fail(timedOut(endpoint, what, limitMs));
  }
}

/** What a failure means to the caller: the store is gone, was too slow, or has refused. */
function statusError(endpoint: Endpoint, what: string, error: Error): StrataError {
  if (!(error instanceof GrpcError)) return connectionLost(endpoint, what, error);
  return lossStatus.has(error.status)
    ? connectionLost(endpoint, what, error)
    : refused(endpoint, what, error);
}

/** After these nobody can say whether the call took effect. */
const lossStatus: ReadonlySet<number> = new Set([
  grpcStatus.unavailable,
  grpcStatus.cancelled,
  grpcStatus.internal,
  grpcStatus.unknown,
  grpcStatus.deadlineExceeded,
]);

/** The gRPC status behind a refusal, for callers that tell one refusal from another. */
export function refusalStatus(error: unknown): number | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof GrpcError ? cause.status : undefined;
}
