/**
 * The REST face of a replica: takes requests from clients, answers them when the protocol says so, and shows the
 * replica's status. It knows nothing of ordering.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { deferred } from '../../../harness/foundation/deferred.ts';
import { encodeAnswer, parseRequestPath, type OnsetRequest } from '../codec.ts';
import type { Waiter } from './waiters.ts';
import type { ReplicaStatus } from './status.ts';

export interface HttpFrontRoom {
  /** Hands a request to the protocol, which answers or supersedes it; or neither, when it is stuck. */
  readonly onRequest: (request: OnsetRequest, waiter: Waiter) => void;
  readonly isReady: () => boolean;
  readonly status: () => ReplicaStatus;
}

/** Listens on the given address; rejects when the port is in use. */
export async function openHttpFront(
  listen: { readonly host: string; readonly port: number },
  room: HttpFrontRoom,
): Promise<Server> {
  const server = createServer((request, response) => handle(request, response, room));
  // A client is idle between its warm-up and its measurement for as long as the slowest of its peers needs.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  const listening = deferred<undefined>();
  server.once('error', listening.reject);
  server.listen(listen.port, listen.host, 1024, () => listening.resolve(undefined));
  await listening.promise;
  return server;
}

function handle(request: IncomingMessage, response: ServerResponse, room: HttpFrontRoom): void {
  const path = request.url ?? '/';
  response.sendDate = false;
  if (request.method === 'POST') {
    const counterRequest = parseRequestPath(path);
    if (counterRequest !== undefined) {
      take(counterRequest, response, room);
      return;
    }
  } else if (path === '/health') {
    reply(response, room.isReady() ? 200 : 503, room.isReady() ? 'ready' : 'starting');
    return;
  } else if (path === '/clock') {
    reply(response, 200, process.hrtime.bigint().toString());
    return;
  } else if (path === '/status') {
    reply(response, 200, JSON.stringify(room.status()));
    return;
  }
  reply(response, 404, 'POST /get|inc|dou/<client>/<sequence>, GET /health, GET /status, GET /clock');
}

function take(request: OnsetRequest, response: ServerResponse, room: HttpFrontRoom): void {
  if (!room.isReady()) {
    reply(response, 503, 'starting');
    return;
  }
  room.onRequest(request, {
    // The client may have gone, or have asked again over another connection.
    answer: (answer) => {
      if (!response.destroyed) reply(response, 200, encodeAnswer(answer));
    },
    supersede: () => {
      if (!response.destroyed) reply(response, 409, 'a later request of this client was answered');
    },
  });
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
