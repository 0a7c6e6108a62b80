/** What the protocol adds to its floor: one etcd put and the notification of it, by the same client library. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentFor } from '../../../environments/registry.ts';
import type { Node } from '../../../environments/environment.ts';
import { connectSharedMemory } from '../../../workloads/shared-memory/connect.ts';
import { startEtcdCommand } from '../../../workloads/shared-memory/etcd/command.ts';
import { etcdReady } from '../../../workloads/shared-memory/etcd/ready.ts';
import type { SharedMemory } from '../../../workloads/shared-memory/shared-memory.ts';
import { deferred } from '../../foundation/deferred.ts';
import { runCells } from '../cells.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

const rounds = 3;
const operations = 2_000;
/** On both sides: a replica that still compiles takes twice as long as a client that has done so in an earlier round. */
const warmup = 4_000;

export const onsetLatency: Measure = {
  id: 'onset-latency-vs-etcd',
  target: 2,
  direction: 'max',
  unit: 'ratio',
  what: 'mean latency of onset at 1 replica and 1 client over one etcd put + its watch notification',
  async measure(bench) {
    const ratios: number[] = [];
    const seen: string[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      bench.say(`round ${round} of ${rounds}`);
      const floorMs = await putAndNotificationMs(bench);
      const onsetMs = await onsetMeanMs(bench);
      ratios.push(onsetMs / floorMs);
      seen.push(`${onsetMs.toFixed(3)}/${floorMs.toFixed(3)}`);
    }
    return { value: median(ratios), detail: `onset/etcd in ms, ${rounds} rounds: ${seen.join(', ')}` };
  },
};

async function onsetMeanMs(bench: BenchScope): Promise<number> {
  const [record] = await runCells(
    {
      env: 'process',
      workload: 'onset',
      sharedMemory: 'etcd',
      replicas: '1',
      clients: '1',
      trials: '1',
      requests: String(operations),
      warmupRequests: String(warmup),
    },
    bench,
  );
  return record?.metrics?.latencyMs.mean ?? Number.NaN;
}

/** Against an etcd of its own, on the same medium and in the same kind of node as the workload's. */
async function putAndNotificationMs({ scratchDir, signal }: BenchScope): Promise<number> {
  const logDir = await mkdtemp(join(scratchDir, 'etcd-'));
  const runId = `bench-${process.pid}-${Date.now().toString(36)}`;
  await using environment = await environmentFor('process').open({
    runId,
    logDir,
    signal,
    progress: () => undefined,
  });
  await using started = await environment.start({
    trialId: 'floor',
    nodes: [{ name: 'store', storage: 'ram' }],
    signal,
  });
  const [node] = started.nodes;
  if (node === undefined) throw new Error('the environment started no node');
  const port = await startEtcd(node, signal);
  await using memory = await connectSharedMemory({ kind: 'etcd', host: node.address, port }, signal);
  await timePuts(memory, warmup);
  return await timePuts(memory, operations);
}

async function startEtcd(node: Node, signal: AbortSignal): Promise<number> {
  const [clientPort, peerPort] = [await node.allocatePort(), await node.allocatePort()];
  const { address } = node;
  const dataDir = join(node.dataDir, 'etcd');
  await node.spawn(startEtcdCommand({ name: 'floor', dataDir, address, clientPort, peerPort }), {
    name: 'etcd',
  });
  await etcdReady({ host: address, port: clientPort }, signal);
  return clientPort;
}

async function timePuts(memory: SharedMemory, count: number): Promise<number> {
  let notified = deferred<undefined>();
  const prefix = 'floor/';
  // From now on: a watch that has to catch up with the warm-up first is slow for its first thousand notifications.
  const { revision } = await memory.range({ prefix });
  await using _watch = await memory.watch({ prefix }, revision + 1, {
    onBatch: () => notified.resolve(undefined),
    onEnd: (reason) => notified.reject(new Error(`the watch ended: ${JSON.stringify(reason)}`)),
  });
  const startedMs = performance.now();
  for (let index = 0; index < count; index += 1) {
    notified = deferred<undefined>();
    const put = {
      op: 'put',
      key: `${prefix}${index % 16}`,
      value: `{"client":0,"sequence":${index}}`,
    } as const;
    await Promise.all([memory.commit({ guards: [], success: [put] }), notified.promise]);
  }
  return (performance.now() - startedMs) / count;
}
