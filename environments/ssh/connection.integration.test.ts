import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeChain, StrataError } from '../../harness/foundation/errors.ts';
import { connectSsh, type SshTarget } from './connection.ts';
import { makeSshKey } from './keys.ts';
import { freePort, startRelay, startServer, whyNoServer, type TestServer } from './sshd.fixture.ts';

const unavailable = await whyNoServer();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)('an SSH connection', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const failing = async (changes: Partial<SshTarget>): Promise<StrataError> => {
    const outcome = await connectSsh({ ...server.target, ...changes }).catch((error: unknown) => error);
    if (!(outcome instanceof StrataError)) throw new Error('expected to be refused', { cause: outcome });
    return outcome;
  };

  it('ends when it is disposed, and says that nothing went wrong', async () => {
    const connection = await connectSsh(server.target);
    expect(connection.hasEnded()).toBe(false);
    await connection[Symbol.asyncDispose]();
    expect(await connection.closed).toBeNull();
    expect(connection.hasEnded()).toBe(true);
  });

  it('is not made with a server that shows another host key, at the first attempt', async () => {
    await using relay = await startRelay(server.target.port);
    const error = await failing({ port: relay.port, hostKey: makeSshKey('other').publicKey });
    expect([error.code, relay.connections()]).toEqual(['STRATA-E431', 1]);
    expect(causeChain(error)[1]).toMatch(/^expected SHA256:.{43}, was shown SHA256:.{43}$/);
  });

  it('is not made with a server that does not know the key, at the first attempt', async () => {
    await using relay = await startRelay(server.target.port);
    const error = await failing({ port: relay.port, privateKey: makeSshKey('stranger').privateKey });
    expect([error.code, relay.connections()]).toEqual(['STRATA-E432', 1]);
  });

  it('waits for a server that is not there yet', async () => {
    const port = await freePort();
    const connecting = connectSsh({ ...server.target, port });
    const late = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
    await once(late, 'connection');
    late.close();
    await once(late, 'close');
    await using relay = await startRelay(server.target.port, port);
    await using connection = await connecting;
    expect([connection.hasEnded(), relay.connections()]).toEqual([false, 1]);
  });

  it('fails at the deadline with what the last attempt met, and names the log', async () => {
    const error = await failing({ port: await freePort(), timeoutMs: 300, serialLog: '/logs/a.serial' });
    expect(error).toMatchObject({ code: 'STRATA-E430', log: '/logs/a.serial' });
    expect(causeChain(error).join('\n')).toMatch(/limit 0\.3 s.*node a[^]*ECONNREFUSED/);
  });

  it('fails at the deadline when the server accepts and says nothing', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as { port: number };
    const error = await failing({ port, timeoutMs: 300 });
    expect(causeChain(error).join('\n')).toMatch(
      /E430|waited 0\.\d s[^]*Timed out while waiting for handshake/,
    );
    mute.close();
  });

  it('is given up with the reason of the abort', async () => {
    const abort = new AbortController();
    const connecting = connectSsh({ ...server.target, port: await freePort(), signal: abort.signal });
    abort.abort(new Error('called off'));
    expect(causeChain(await connecting.catch((error: unknown) => error))).toContain('called off');
  });

  it('that is cut from outside says so', async () => {
    await using relay = await startRelay(server.target.port);
    const connection = await connectSsh({ ...server.target, port: relay.port });
    relay.cut();
    expect(await connection.closed).toMatchObject({ code: 'STRATA-E433' });
  });

  it('that we abandon ends at once, without an error', async () => {
    await using relay = await startRelay(server.target.port);
    const connection = await connectSsh({ ...server.target, port: relay.port });
    connection.abandon();
    relay.cut();
    expect(await connection.closed).toBeNull();
  });
});
