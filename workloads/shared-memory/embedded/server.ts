/**
 * The embedded store behind a TCP port, so that replicas in processes of their own reach it as they would etcd. It
 * is volatile and single; it exists for machines that have only Node, and every result made with it says so.
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { StrataError } from '../../../harness/foundation/errors.ts';
import { createStoreCore, type StoreCore } from './core.ts';
import { frameReader, frameWriter } from './frames.ts';
import type { Change } from './history.ts';
import type { Request } from './protocol.ts';
import { createSession, type Session } from './session.ts';

/** Disposing it closes the port and every connection; twice is harmless. */
export interface EmbeddedServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
}

export interface EmbeddedServerOptions {
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
}

const longestTimerMs = 2 ** 31 - 1;

export async function startEmbeddedStore({ host, port }: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const core = createStoreCore();
  const sessions = new Map<Socket, Session>();
  const publish = (change: Change) => {
    const text = { events: change.events, json: change.events.map((event) => JSON.stringify(event)) };
    for (const session of sessions.values()) session.notify(text);
  };
  const expiry = leaseTimer(core, publish);
  const server = createServer({ noDelay: true }, (socket) => {
    const send = frameWriter(socket);
    const nowMs = () => performance.now();
    serve(socket, createSession({ core, nowMs, send, publish, leasesChanged: () => expiry.set() }), sessions);
  });
  const address = await listen(server, host, port);
  let closed: Promise<void> | undefined;
  return {
    host,
    port: address.port,
    [Symbol.asyncDispose]() {
      closed ??= new Promise((resolve) => {
        expiry.stop();
        server.close(() => resolve());
        for (const socket of sessions.keys()) socket.destroy();
      });
      return closed;
    },
  };
}

function serve(socket: Socket, session: Session, sessions: Map<Socket, Session>): void {
  sessions.set(socket, session);
  const read = frameReader((messages) => {
    for (const message of messages) session.take(message as Request);
  });
  socket.on('data', (chunk) => {
    try {
      read(chunk);
    } catch {
      // Whoever does not speak the protocol has no one to be told; it is hung up on.
      socket.destroy();
    }
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => sessions.delete(socket));
}

/** Expires leases when they are due; `set` anew after every grant or prolongation. */
function leaseTimer(core: StoreCore, publish: (change: Change) => void) {
  let timer: NodeJS.Timeout | undefined;
  const set = () => {
    clearTimeout(timer);
    const dueInMs = core.nextExpiryMs() - performance.now();
    if (dueInMs < Infinity) timer = setTimeout(expire, Math.min(Math.max(1, dueInMs), longestTimerMs));
  };
  const expire = () => {
    for (const change of core.expireLeases(performance.now())) publish(change);
    set();
  };
  return { set, stop: () => clearTimeout(timer) };
}

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new StrataError({
          code: 'STRATA-E518',
          message: `the embedded store cannot listen on ${host}:${port}`,
          fix: 'choose a free port, or 0 for any',
          cause,
        }),
      );
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}
