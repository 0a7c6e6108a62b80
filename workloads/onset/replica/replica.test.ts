/** The shell around the protocol, on a real shared memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { connectSharedMemory } from '../../shared-memory/connect.ts';
import { startEmbeddedStore } from '../../shared-memory/embedded/server.ts';
import { openExecutionLog } from '../execution-log.ts';
import { startReplica } from './replica.ts';

const host = '127.0.0.1';

async function openStage() {
  const store = await startEmbeddedStore({ host, port: 0 });
  const sharedMemory = { kind: 'embedded', host, port: store.port } as const;
  const connect = () => connectSharedMemory(sharedMemory, new AbortController().signal);
  const [memory, stranger] = [await connect(), await connect()];
  const directory = await mkdtemp(join(tmpdir(), 'strata-replica-test-'));
  const executionLogPath = join(directory, 'execution.log');
  const onFault = vi.fn<(error: Error) => void>();
  const identity = { replica: 0, replicas: 3, batched: false, electionTimeoutMs: 1_000 };
  const config = { ...identity, listen: { host, port: 0 }, sharedMemory, executionLogPath };
  const log = openExecutionLog(executionLogPath);
  const replica = startReplica(config, memory, log, onFault);
  await vi.waitFor(() => {
    expect(replica.isReady()).toBe(true);
  });
  return {
    replica,
    onFault,
    /** Writes where only replicas may, all at once. */
    intrude: (records: Readonly<Record<string, unknown>>) =>
      stranger.commit({
        guards: [],
        success: Object.entries(records).map(([key, value]) => ({
          op: 'put',
          key: `onset/${key}`,
          value: JSON.stringify(value),
        })),
      }),
    async [Symbol.asyncDispose]() {
      await replica[Symbol.asyncDispose]();
      await Promise.all([memory[Symbol.asyncDispose](), stranger[Symbol.asyncDispose]()]);
      await store[Symbol.asyncDispose]();
      log[Symbol.dispose]();
      await rm(directory, { recursive: true });
    },
  };
}

describe('a replica that finds two requests at one order', () => {
  it('says so once and does nothing more', async () => {
    await using stage = await openStage();
    await stage.intrude({
      'o/000000000001/1': [1, 1, '1', 1, 'inc'],
      'o/000000000001/2': [1, 1, '2', 1, 'inc'],
    });
    await vi.waitFor(() => {
      expect(stage.onFault).toHaveBeenCalled();
    });
    expect(stage.onFault.mock.calls).toMatchObject([[{ code: 'STRATA-E523' }]]);
    const before = stage.replica.status().transactions;
    const waiter = { answer: vi.fn(), supersede: vi.fn() };
    stage.replica.request({ operation: 1, client: 7, sequence: 0 }, waiter);
    expect(stage.replica.status().transactions).toBe(before);
    expect(stage.onFault).toHaveBeenCalledTimes(1);
  });
});
