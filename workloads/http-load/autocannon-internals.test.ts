/** Fails when autocannon changes below the interface that `connection.ts` stands on. */
import autocannon from 'autocannon';
import { createRequire } from 'node:module';
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { methodsOf, type AutocannonClient } from './autocannon-internals.ts';

const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';

const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 5000, interval: 5 });

interface Traced {
  readonly client: AutocannonClient;
  readonly calls: string[];
  readonly until: (call: string) => Promise<void>;
}

/** Runs one autocannon connection against a raw TCP server, its internals wrapped to note each call. */
async function trace(
  serve: (socket: Socket) => void,
  body: (traced: Traced) => Promise<void>,
  timeoutMs = 10_000,
): Promise<void> {
  const server = createServer((socket) => serve(socket.on('error', () => socket.destroy())));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const calls: string[] = [];
  let client: AutocannonClient | undefined;
  const run = autocannon({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: 1,
    duration: 1000,
    sampleInt: 20,
    setupClient: (made: unknown) => {
      client = made as AutocannonClient;
      client.timeout = timeoutMs;
      noteCalls(client, calls);
    },
  }) as unknown as Promise<unknown> & { stop: () => void };
  try {
    if (client === undefined) throw new Error('autocannon makes its clients before it returns');
    const until = (call: string) => eventually(() => expect(calls).toContain(call));
    await body({ client, calls, until });
  } finally {
    client?.destroy();
    run.stop();
    await run;
    server.close();
  }
}

function noteCalls(client: AutocannonClient, calls: string[]): void {
  const original = methodsOf(client);
  for (const name of ['_connect', '_doRequest', '_destroyConnection'] as const) {
    client[name] = () => {
      calls.push(name);
      original[name].call(client);
    };
  }
  client.getRequestBuffer = () => {
    calls.push('getRequestBuffer');
    return Buffer.from('GET / HTTP/1.1\r\n\r\n');
  };
  client.requestIterator.recordBody = (_request, status, body) => calls.push(`recordBody ${status} ${body}`);
  client.on('response', (status: number, bytes: number) => calls.push(`response ${status} ${bytes}`));
  client.on('timeout', () => calls.push('timeout'));
  client.on('connError', (error: NodeJS.ErrnoException) => calls.push(`connError ${String(error.code)}`));
  client.on('done', () => calls.push('done'));
}

describe('autocannon', () => {
  it('is the version whose inside was read', () => {
    const { version } = createRequire(import.meta.url)('autocannon/package.json') as { version: string };
    expect(version).toBe('9.0.0');
  });

  it('connects after setupClient, then asks for a request, through methods an instance can override', async () => {
    await trace(
      () => undefined,
      async ({ calls }) => {
        expect(calls).toEqual(['_connect', '_doRequest', 'getRequestBuffer']);
        await Promise.resolve();
      },
    );
  });

  it('reports an answer as recordBody, response with the bytes on the wire, and the next request', async () => {
    await trace(
      (socket) => void socket.once('data', () => socket.write(answer)),
      async ({ calls, until }) => {
        await until('recordBody 200 hello');
        expect(calls.slice(3)).toEqual([
          'recordBody 200 hello',
          `response 200 ${answer.length}`,
          '_doRequest',
          'getRequestBuffer',
        ]);
      },
    );
  });

  it('takes the time-out set in setupClient, and reconnects before it tells', async () => {
    await trace(
      () => undefined,
      async ({ calls, until }) => {
        await until('timeout');
        expect(calls.slice(3, 8)).toEqual([
          '_destroyConnection',
          '_connect',
          '_doRequest',
          'getRequestBuffer',
          'timeout',
        ]);
      },
      60,
    );
  });

  it('connects again at once when the server ends the connection', async () => {
    await trace(
      (socket) => void socket.once('data', () => socket.end()),
      async ({ calls, until }) => {
        await until('getRequestBuffer');
        await eventually(() => expect(calls.filter((call) => call === '_connect').length).toBeGreaterThan(1));
        expect(calls.slice(3, 6)).toEqual(['_connect', '_doRequest', 'getRequestBuffer']);
      },
    );
  });

  it('tells connError before it connects again', async () => {
    await trace(
      (socket) => void socket.once('data', () => socket.resetAndDestroy()),
      async ({ calls, until }) => {
        await until('connError ECONNRESET');
        expect(calls.slice(3, 5)).toEqual(['connError ECONNRESET', '_connect']);
      },
    );
  });

  it('has a parser that forgets half an answer when it is initialised, beside a queue that keeps the half body', async () => {
    await trace(
      (socket) => void socket.once('data', () => socket.write(answer.slice(0, -2))),
      async ({ client, calls, until }) => {
        await until('getRequestBuffer');
        await eventually(() => expect(client.conn?.bytesRead).toBeGreaterThan(0));
        client.parser.initialize('RESPONSE');
        client.conn?.emit('data', Buffer.from(answer));
        expect(calls).toContain('recordBody 200 helhello');
      },
    );
  });

  it('ends a client for good by destroy', async () => {
    await trace(
      () => undefined,
      async ({ client, calls }) => {
        client.destroy();
        expect(client.destroyed).toBe(true);
        expect(calls.slice(3)).toEqual(['done', '_destroyConnection']);
        await Promise.resolve();
      },
    );
  });
});
