/**
 * One HTTP/2 connection to etcd, over which calls and streams of bytes go. It knows deadlines and disposal, and
 * turns gRPC's status into the errors of the shared memory; it does not know what the bytes mean.
 */
import { Client, credentials, Metadata, status, type ClientOptions, type ServiceError } from '@grpc/grpc-js';
import type { StrataError } from '../../../harness/foundation/errors.ts';
import { connectionLost, disposed, refused, timedOut, type Endpoint } from '../failures.ts';

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
const unlimited = -1;

const channelOptions: ClientOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.enable_http_proxy': 0,
  'grpc.enable_retries': 0,
  'grpc.enable_channelz': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.max_receive_message_length': unlimited,
  'grpc.max_send_message_length': unlimited,
  // etcd closes connections that ping more often than every 5 s.
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.client_idle_timeout_ms': 2 ** 31 - 1,
  'grpc.initial_reconnect_backoff_ms': 50,
  'grpc.max_reconnect_backoff_ms': 500,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
};

const asIs = (bytes: Buffer) => bytes;

export function openTransport(endpoint: Endpoint, callTimeoutMs: number): EtcdTransport {
  const client = new Client(
    `${endpoint.host}:${endpoint.port}`,
    credentials.createInsecure(),
    channelOptions,
  );
  const metadata = new Metadata();
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
        const call = client.makeUnaryRequest(method, asIs, asIs, request, metadata, (error, answer) => {
          if (!pending.delete(entry)) return;
          if (error !== null) reject(statusError(endpoint, what, error));
          else if (answer === undefined) reject(connectionLost(endpoint, what, new Error('empty answer')));
          else resolve(answer);
        });
        const fail = (reason: StrataError) => {
          pending.delete(entry);
          reject(reason);
          call.cancel();
        };
        const entry: Pending = { startedMs: performance.now(), what, fail };
        pending.add(entry);
      });
    },
    stream(method, events) {
      const stream = openStream(client, endpoint, method, events, () => streams.delete(stream));
      streams.add(stream);
      return stream;
    },
    [Symbol.dispose]() {
      if (isDisposed) return;
      isDisposed = true;
      clearInterval(overdue);
      for (const { fail, what } of [...pending]) fail(disposed(endpoint, what));
      for (const stream of [...streams]) stream.close();
      client.close();
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

function openStream(
  client: Client,
  endpoint: Endpoint,
  method: string,
  events: StreamEvents,
  forget: () => void,
): ByteStream {
  const stream = client.makeBidiStreamRequest(method, asIs, asIs);
  let isClosed = false;
  const end = (error: ServiceError | Error) => {
    if (isClosed) return;
    isClosed = true;
    forget();
    events.onClosed(statusError(endpoint, 'a stream', error));
  };
  stream.on('data', (message: Buffer) => {
    if (!isClosed) events.onMessage(message);
  });
  stream.on('error', end);
  stream.on('end', () => end(new Error('the server ended the stream')));
  return {
    write(message) {
      if (!isClosed) stream.write(message);
    },
    close() {
      isClosed = true;
      forget();
      stream.cancel();
    },
  };
}

/** What a gRPC status means to the caller: the store is gone, was too slow, or has refused. */
function statusError(endpoint: Endpoint, what: string, error: ServiceError | Error): StrataError {
  if (!('code' in error)) return connectionLost(endpoint, what, error);
  return lossStatus.has(error.code) ? connectionLost(endpoint, what, error) : refused(endpoint, what, error);
}

/** After these nobody can say whether the call took effect. */
const lossStatus: ReadonlySet<status> = new Set([
  status.UNAVAILABLE,
  status.CANCELLED,
  status.INTERNAL,
  status.UNKNOWN,
  status.DEADLINE_EXCEEDED,
]);

/** The gRPC status behind a refusal, for callers that tell one refusal from another. */
export function refusalStatus(error: unknown): status | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? (cause.code as status) : undefined;
}
