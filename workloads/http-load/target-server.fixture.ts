/** A real HTTP server on loopback for the driver's tests, which keeps what it saw. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Sample, SampleRecorder } from '../../results/sample/sample.ts';
import type { HttpLoadPlan, HttpTarget, RequestCodec } from './plan.ts';

export interface SeenRequest {
  /** `client-sequence`. */
  readonly id: string;
  readonly operation: string;
  /** Number of the connection it came on. */
  readonly connection: number;
}

export interface TargetServer extends AsyncDisposable {
  readonly target: HttpTarget;
  readonly seen: SeenRequest[];
  readonly connections: () => number;
  readonly server: Server;
}

export type Answer = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void;

export const answerOk: Answer = ({ id }, response) => {
  response.end(id);
};

export async function startTarget(answer: Answer = answerOk, name = 'replica-1'): Promise<TargetServer> {
  const seen: SeenRequest[] = [];
  const numbers = new Map<Socket, number>();
  const server = createServer((raw, response) => {
    const [, operation = '', id = ''] = raw.url?.split('/') ?? [];
    const request = { id, operation, connection: numbers.get(raw.socket) ?? -1 };
    seen.push(request);
    answer(request, response, raw);
  });
  server.on('connection', (socket) => numbers.set(socket, numbers.size));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    target: { name, host: '127.0.0.1', port },
    seen,
    connections: () => numbers.size,
    server,
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** An address where nothing listens. */
export async function deadTarget(name = 'replica-dead'): Promise<HttpTarget> {
  await using gone = await startTarget(answerOk, name);
  return gone.target;
}

export const plainCodec: RequestCodec = {
  encode: (operation, client, sequence, host) =>
    Buffer.from(`GET /${operation}/${client}-${sequence} HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  decode: (status, body) => ({ replica: 0, extra: [status === 200 ? body.length : undefined] }),
};

export function planFor(targets: readonly HttpTarget[], changes: Partial<HttpLoadPlan> = {}): HttpLoadPlan {
  return {
    targets,
    clients: 4,
    balance: 'round-robin',
    seed: 7,
    load: { kind: 'closed' },
    warmupRequests: 0,
    requests: 10,
    requestTimeoutMs: 5000,
    stallTimeoutMs: 5000,
    operations: [
      { name: 'get', weight: 1 },
      { name: 'inc', weight: 1 },
    ],
    sampleColumns: [{ name: 'length', type: 'integer', description: 'characters of the body' }],
    spoolPath: '',
    ...changes,
  };
}

export interface KeptSamples extends SampleRecorder {
  readonly samples: Sample[];
}

/** Keeps a copy of every sample in memory. */
export function keepSamples(): KeptSamples {
  const samples: Sample[] = [];
  return {
    samples,
    record: (sample) => samples.push({ ...sample }),
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
