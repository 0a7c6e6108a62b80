/** Our side of HTTP/2 against Node's own, which is another implementation of the same standard. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { deferred } from '../../../../harness/foundation/deferred.ts';
import { openConnection, type Http2Connection, type Http2Stream } from './connection.ts';
import { encodeHeaders, type Headers } from './hpack.ts';

const host = '127.0.0.1';
const request = encodeHeaders([
  [':method', 'POST'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', host],
]);

type Answering = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

interface Served extends AsyncDisposable {
  readonly connection: Http2Connection;
  readonly server: Http2Server;
}

async function serve(onStream: Answering, settings: Settings = {}): Promise<Served> {
  const server = createServer({ settings });
  const sockets = socketsOf(server);
  server.on('stream', onStream);
  server.on('sessionError', () => undefined);
  server.listen(0, host);
  await once(server, 'listening');
  const connection = openConnection(host, (server.address() as AddressInfo).port);
  return {
    connection,
    server,
    async [Symbol.asyncDispose]() {
      connection.close(new Error('the test is over'));
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function socketsOf(server: Server | Http2Server): Set<Socket> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => void sockets.add(socket));
  return sockets;
}

/** All that comes back on one stream. */
function exchange(connection: Http2Connection, body: readonly Buffer[] = []) {
  const ended = deferred<{ headers: Headers[]; body: Buffer }>();
  const headers: Headers[] = [];
  const pieces: Buffer[] = [];
  const stream: Http2Stream = connection.open(request, {
    onHeaders: (received) => headers.push(received),
    onData: (piece) => pieces.push(piece),
    onEnd: () => ended.resolve({ headers, body: Buffer.concat(pieces) }),
    onLost: ended.reject,
  });
  for (const piece of body) stream.write(piece, false);
  stream.write(Buffer.alloc(0), true);
  return { stream, answer: ended.promise };
}

const echo: Answering = (stream) => {
  stream.on('error', () => undefined);
  stream.respond({ ':status': 200 });
  stream.pipe(stream);
};

describe('bodies', () => {
  it.each([{}, { initialWindowSize: 1 }, { initialWindowSize: 1_000 }])(
    'of all sizes go there and come back, side by side, where the server allows %j',
    async (settings) => {
      await using served = await serve(echo, settings);
      const largest = settings.initialWindowSize === 1 ? 300 : 300_000;
      const sizes = [0, 1, 16_384, 16_385, 65_535, 65_536, largest].filter((size) => size <= largest);
      const bodies = sizes.map((size) => [randomBytes(size), randomBytes(Math.ceil(size / 3))]);
      const answers = await Promise.all(bodies.map((body) => exchange(served.connection, body).answer));
      expect(answers.map(({ body }) => body)).toEqual(bodies.map((body) => Buffer.concat(body)));
    },
  );
});

/** Visible and Latin-1 ones; of the control characters a header may hold the tab only. */
const bytesInHeaders = Array.from({ length: 256 }, (_unused, byte) => byte).filter(
  (byte) => byte === 9 || (byte >= 32 && byte !== 127),
);

describe('headers', () => {
  it('of every byte that may occur are read, short and long', async () => {
    // Short and nearly all of one letter, so that the rare one is worth its long code.
    const texts = Object.fromEntries([
      ...bytesInHeaders.map((byte) => [`x-${byte}`, `aaaaaaaaaaaaaaaa${String.fromCharCode(byte)}a`]),
      ['x-empty', ''],
      ['x-long', 'long'.repeat(11_000)],
    ]) as Record<string, string>;
    await using served = await serve((stream) => {
      stream.respond({ ':status': 200, ...texts }, { waitForTrailers: true });
      stream.on('wantTrailers', () => {
        stream.sendTrailers({ 'grpc-status': '0' });
      });
      stream.end('body');
    });
    const { headers, body } = await exchange(served.connection).answer;
    expect(Object.fromEntries(headers[0] ?? [])).toMatchObject(texts);
    expect(Object.fromEntries(headers[1] ?? [])).toEqual({ 'grpc-status': '0' });
    expect(body.toString()).toBe('body');
  });
});

describe('a stream', () => {
  it('that the server resets is lost, and the next one is not', async () => {
    let count = 0;
    await using served = await serve((stream, headers) => {
      stream.on('error', () => undefined);
      if ((count += 1) === 1) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else echo(stream, headers);
    });
    await expect(exchange(served.connection).answer).rejects.toThrow('HTTP/2 error 7');
    await expect(exchange(served.connection, [Buffer.from('x')]).answer).resolves.toMatchObject({
      body: Buffer.from('x'),
    });
  });

  it('that is cancelled hears nothing more, and the server is told', async () => {
    const told = deferred<number>();
    const begun = deferred<undefined>();
    await using served = await serve((stream) => {
      stream.on('error', () => undefined);
      stream.on('close', () => told.resolve(stream.rstCode));
      stream.respond({ ':status': 200 });
      stream.write('something');
      begun.resolve(undefined);
    });
    const heard = vi.fn();
    const { stream, answer } = exchange(served.connection);
    void answer.finally(heard);
    await begun.promise;
    stream.cancel();
    stream.write(Buffer.from('nobody sends this'), true);
    expect(await told.promise).toBe(constants.NGHTTP2_CANCEL);
    expect(heard).not.toHaveBeenCalled();
  });
});

describe('a connection', () => {
  afterEach(() => void vi.useRealTimers());

  it('that the server ends loses its streams, with the reason', async () => {
    await using served = await serve((stream) => {
      stream.on('error', () => undefined);
      stream.session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, 0, Buffer.from('too_many_pings'));
    });
    await expect(exchange(served.connection).answer).rejects.toThrow('too_many_pings');
    expect(served.connection.isOpen).toBe(false);
  });

  it('that cannot be made loses its streams, with the cause', async () => {
    const server = createTcpServer().listen(0, host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await expect(exchange(openConnection(host, port)).answer).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('to something that is no HTTP/2 server is lost', async () => {
    await using place = await tcpServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const connection = openConnection(host, place.port);
    await expect(exchange(connection).answer).rejects.toMatchObject({ code: 'STRATA-E517' });
  });

  it('that a server answers with silence is given up a while after a ping', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const received: Buffer[] = [];
    await using place = await tcpServer((socket) => socket.on('data', (bytes) => received.push(bytes)));
    const connection = openConnection(host, place.port);
    const { answer } = exchange(connection);
    vi.advanceTimersByTime(5_000);
    expect(connection.isOpen).toBe(true);
    await vi.waitFor(() => {
      expect(Buffer.concat(received).includes(pingFrameHead)).toBe(true);
    });
    vi.advanceTimersByTime(5_000);
    await expect(answer).rejects.toThrow('no sign of life');
  });

  it('without streams is not asked for signs of life: a server may take that amiss', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const received: Buffer[] = [];
    await using place = await tcpServer((socket) => socket.on('data', (bytes) => received.push(bytes)));
    const connection = openConnection(host, place.port);
    await vi.waitFor(() => {
      expect(received).not.toEqual([]);
    });
    vi.advanceTimersByTime(60_000);
    expect(connection.isOpen).toBe(true);
    connection.close(new Error('the test is over'));
  });

  it('answers the pings of the server', async () => {
    await using served = await serve(echo);
    const [session] = (await once(served.server, 'session')) as [ServerHttp2Session];
    const answered = deferred<undefined>();
    session.ping((error) => {
      if (error === null) answered.resolve(undefined);
      else answered.reject(error);
    });
    await answered.promise;
  });
});

/** 8 bytes, type 6, no flags, stream 0. */
const pingFrameHead = Buffer.from([0, 0, 8, 6, 0, 0, 0, 0, 0]);

async function tcpServer(onSocket: (socket: Socket) => void): Promise<AsyncDisposable & { port: number }> {
  const server = createTcpServer(onSocket);
  const sockets = socketsOf(server);
  server.listen(0, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
