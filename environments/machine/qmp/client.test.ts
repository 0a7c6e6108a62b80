import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectQmp } from './client.ts';

const greeting = { QMP: { version: { qemu: { major: 7, minor: 2, micro: 22 } }, capabilities: [] } };
const { signal } = new AbortController();
const timeoutMs = 20_000;

let dir: string;
let socketPath: string;
const servers: Server[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'strata-qmp-'));
  socketPath = path.join(dir, 'qmp');
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(dir, { recursive: true });
});

async function listen(onConnection: (socket: Socket) => void): Promise<void> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  servers.push(server.listen(socketPath));
  await once(server, 'listening');
}

/** Greets and answers everything with `{}`, one byte at a time. */
function polite(socket: Socket): void {
  let unread = '';
  void drip(socket, greeting);
  socket.on('data', (chunk) => {
    const lines = (unread + chunk.toString()).split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) void drip(socket, { return: {}, id: (JSON.parse(line) as { id: number }).id });
  });
}

async function drip(socket: Socket, message: object): Promise<void> {
  for (const byte of Buffer.from(`${JSON.stringify(message)}\r\n`)) {
    socket.write(Buffer.of(byte));
    await nextTurn();
  }
}

describe('connecting to a monitor', () => {
  it('waits until its socket is there, and negotiates', async () => {
    const connecting = connectQmp({ path: socketPath, signal, timeoutMs });
    await sleep(30);
    await listen(polite);
    using qmp = await connecting;
    expect(await qmp.execute('stop')).toEqual({});
  });

  it('gives up at once when the process has ended, with its end as the cause', async () => {
    const processExited = sleep(30).then(() => 1);
    await expect(connectQmp({ path: socketPath, signal, timeoutMs, processExited })).rejects.toMatchObject({
      code: 'STRATA-E425',
      message: `QEMU's monitor at ${socketPath} never answered, because QEMU ended`,
      cause: { message: 'its exit code was 1' },
    });
  });

  it('takes the end of the process for the cause also when it ends after it was reached', async () => {
    await listen((socket) => socket.destroy());
    const crash = new Error('exit code 134: Aborted');
    // As on a busy machine: its sockets are closed long before its end is heard of.
    const processExited = sleep(1_500).then(() => Promise.reject(crash));
    await expect(connectQmp({ path: socketPath, signal, timeoutMs, processExited })).rejects.toMatchObject({
      code: 'STRATA-E425',
      cause: crash,
    });
  });

  it('takes it for the cause also when the monitor was closed with this call in the queue', async () => {
    await listen(() => undefined);
    const processExited = sleep(1_500).then(() => 1);
    const connecting = connectQmp({ path: socketPath, signal, timeoutMs, processExited });
    for (const server of servers.splice(0)) server.close();
    await expect(connecting).rejects.toMatchObject({ cause: { message: 'its exit code was 1' } });
  });

  it('gives up at the deadline, saying what it last met with and where the log is', async () => {
    await expect(
      connectQmp({ path: socketPath, signal, timeoutMs: 30, log: '/run/qemu.log' }),
    ).rejects.toMatchObject({ code: 'STRATA-E425', cause: { code: 'ENOENT' }, log: '/run/qemu.log' });
  });

  it('gives up at the deadline when it is let in and not greeted, as while another talks to QEMU', async () => {
    await listen(() => undefined);
    await expect(connectQmp({ path: socketPath, signal, timeoutMs: 30 })).rejects.toMatchObject({
      code: 'STRATA-E425',
    });
  });

  it('gives up when it is called off', async () => {
    const reason = new Error('the run was stopped');
    const calledOff = new AbortController();
    const connecting = connectQmp({ path: socketPath, signal: calledOff.signal, timeoutMs });
    calledOff.abort(reason);
    await expect(connecting).rejects.toBe(reason);
  });

  it('says at once that a path cannot be a socket', async () => {
    const long = path.join(dir, 'x'.repeat(120));
    await expect(connectQmp({ path: long, signal, timeoutMs })).rejects.toMatchObject({
      code: 'STRATA-E425',
    });
  });
});
