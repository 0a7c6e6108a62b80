/** What a client of a shared memory does when its connection, its store or its owner gives up. */
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { SharedMemory } from '../shared-memory.ts';
import { eventually, put, record, type Suite } from './harness.ts';
import { startRelay } from './relay.ts';
import { expectPairs, writePairs } from './watches.contract.ts';

const strata = (code: string) => ({ name: 'StrataError', code, cause: expect.any(Error) as Error });

export function describeCuts(suite: Suite): void {
  describe('a cut connection', () => {
    it('costs a watch nothing: it resumes without loss or duplicate', async () => {
      await using relay = await startRelay(suite.address());
      await using watcher = await suite.connect(relay);
      await using writer = await suite.connect();
      const at = suite.fresh();
      const first = await put(writer, `${at}a`, '0');
      const watches = await Promise.all([1, 2, 3].map(() => record(watcher, { prefix: at }, first)));
      for (let turn = 0; turn < 12; turn += 1) {
        await writePairs(writer, at, 50, turn * 50);
        const connections = relay.cut();
        if (turn === 0) expect(connections).toBeGreaterThan(0);
      }
      for (const watch of watches) expectPairs(await watch.received(1_201), watch);
    });

    it('lets the next call through on a new connection', async () => {
      await using relay = await startRelay(suite.address());
      await using memory = await suite.connect(relay);
      const key = `${suite.fresh()}a`;
      for (let turn = 0; turn < 5; turn += 1) {
        expect(relay.cut()).toBeGreaterThan(0);
        await eventually('a call to get through', () =>
          put(memory, key, 'x').then(
            () => true,
            () => false,
          ),
        );
      }
    });
  });
}

export function describeDeath(suite: Suite): void {
  describe('a store that is killed', () => {
    it('rejects calls soon, with the cause, and ends watches after the limit', async () => {
      await using store = await suite.startStore();
      await using memory = await suite.connect(store, {
        callTimeoutMs: 5_000,
        connectTimeoutMs: 5_000,
        watchResumeMs: 300,
      });
      await using watch = await record(memory, { prefix: '' }, 1);
      const inFlight = flood(memory);
      await store.kill();
      const outcomes = await inFlight;
      for (const outcome of outcomes) expect(outcome).toMatchObject(strata('STRATA-E511'));
      await expect(memory.range({ key: 'a' })).rejects.toMatchObject(strata('STRATA-E511'));
      expect(await watch.ended()).toMatchObject({ error: strata('STRATA-E516') });
      const handler = { onBatch: () => undefined, onEnd: () => undefined };
      await expect(memory.watch({ prefix: '' }, 1, handler)).rejects.toMatchObject(strata('STRATA-E511'));
    });

    it('cannot be connected to', async () => {
      await using store = await suite.startStore();
      await store.kill();
      await expect(suite.connect(store)).rejects.toMatchObject(strata('STRATA-E510'));
    });
  });

  it('a store that never answers is given up after the limit', async () => {
    await using relay = await silentServer();
    const limits = { callTimeoutMs: 400, connectTimeoutMs: 400, watchResumeMs: 400 };
    await expect(suite.connect(relay, limits)).rejects.toMatchObject({ code: 'STRATA-E510' });
  });
}

/** Many clients' worth of writes; resolves with the first failure of each. */
async function flood(memory: SharedMemory): Promise<unknown[]> {
  const untilFailure = async (name: string) => {
    for (;;) await put(memory, name, 'x');
  };
  return Promise.all(
    Array.from({ length: 8 }, (_, index) => untilFailure(`flood-${index}`).catch((error: unknown) => error)),
  );
}

async function silentServer(): Promise<{ host: string; port: number } & AsyncDisposable> {
  const sockets: { destroy(): unknown }[] = [];
  const server = createServer((socket) => void sockets.push(socket.on('error', () => socket.destroy())));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export function describeDisposal(suite: Suite): void {
  describe('disposing a client', () => {
    it('is harmless twice, and rejects what comes after', async () => {
      const memory = await suite.connect();
      const { revision } = await memory.range({ key: 'a' });
      await using watch = await record(memory, { prefix: suite.fresh() }, revision + 1);
      await memory[Symbol.asyncDispose]();
      await memory[Symbol.asyncDispose]();
      await expect(memory.range({ key: 'a' })).rejects.toMatchObject(strata('STRATA-E515'));
      const handler = { onBatch: () => undefined, onEnd: () => undefined };
      await expect(memory.watch({ key: 'a' }, 1, handler)).rejects.toMatchObject(strata('STRATA-E515'));
      expect(watch.ends).toEqual([]);
    });

    it('rejects calls in flight', async () => {
      const memory = await suite.connect();
      const at = suite.fresh();
      const handler = { onBatch: () => undefined, onEnd: () => undefined };
      const calls = [
        ...Array.from({ length: 20 }, (_, index) => put(memory, `${at}${index}`, 'x')),
        memory.watch({ prefix: at }, 1, handler),
      ];
      const outcomes = Promise.allSettled(calls);
      await memory[Symbol.asyncDispose]();
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ status: 'rejected', reason: strata('STRATA-E515') });
      }
    });
  });
}
