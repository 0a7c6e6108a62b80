/** Brings the nodes of an ONSET trial to life: the shared memory first, then all replicas at once, each healthy. */
import { join } from 'node:path';
import type { Node, NodeProcess } from '../../environments/environment.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import { waitFor } from '../../harness/foundation/deadline.ts';
import { startEmbeddedStore } from '../shared-memory/embedded/server.ts';
import { startEtcdCommand } from '../shared-memory/etcd/command.ts';
import { etcdReady } from '../shared-memory/etcd/ready.ts';
import type { Exchange } from '../clock-mapping.ts';
import { unlessEnded } from '../node-process.ts';
import type { WorkloadTrial } from '../workload.ts';
import { isHealthy, type ReplicaEndpoint } from './replica-client.ts';
import { compareClocks } from './replica-clock.ts';
import type { ReplicaConfig } from './replica/status.ts';
import type { OnsetNodes } from './topology.ts';

/** Leader timer of the paper, section 4.1. */
export const electionTimeoutMs = 1_000;
const startTimeoutMs = 60_000;
const endedEarly = { code: 'STRATA-E525', when: 'before it was ready' } as const;

export interface RunningReplica extends ReplicaEndpoint {
  readonly node: Node;
  readonly process: NodeProcess;
  readonly executionLogPath: string;
  /** How its clock stood before the first request. */
  readonly clock: Exchange;
}

export interface RunningOnset extends AsyncDisposable {
  readonly replicas: readonly RunningReplica[];
}

export async function startOnset(
  nodes: OnsetNodes,
  agent: Uint8Array,
  trial: WorkloadTrial,
): Promise<RunningOnset> {
  const placing = Promise.all(nodes.replicas.map((node) => node.put(agent, agentPath(node))));
  // Awaited below; where the store fails first, that is what has to be told.
  placing.catch(() => undefined);
  const store = await startStore(nodes, trial);
  try {
    await placing;
    const started = await Promise.all(
      nodes.replicas.map((node, index) => startReplica(node, index, store.endpoint, trial.cell)),
    );
    const { signal } = trial;
    await Promise.all(started.map((replica) => untilHealthy(replica, signal)));
    // Only then: while others start, answers are slow and say little of the clocks.
    const replicas = await Promise.all(started.map((replica) => withClock(replica, signal)));
    return { replicas, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

type StartedReplica = Omit<RunningReplica, 'clock'>;

async function withClock(replica: StartedReplica, signal: AbortSignal): Promise<RunningReplica> {
  const clock = await answerOf(replica, 'tell its time', signal, () => compareClocks(replica, signal));
  return { ...replica, clock };
}

interface RunningStore extends AsyncDisposable {
  readonly endpoint: ReplicaConfig['sharedMemory'];
}

/** etcd dies with its node; the embedded store is the harness's own to close. */
async function startStore({ store }: OnsetNodes, { signal }: WorkloadTrial): Promise<RunningStore> {
  if (store === null) {
    const server = await startEmbeddedStore({ host: '127.0.0.1', port: 0 });
    const { host, port } = server;
    return {
      endpoint: { kind: 'embedded', host, port },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  }
  const [clientPort, peerPort] = [await store.allocatePort(), await store.allocatePort()];
  const { address, dataDir } = store;
  const command = startEtcdCommand({
    name: 'store',
    dataDir: join(dataDir, 'etcd'),
    address,
    clientPort,
    peerPort,
  });
  const etcd = await store.spawn(command, { name: 'etcd' });
  const endpoint = { kind: 'etcd', host: address, port: clientPort } as const;
  await unlessEnded(
    etcd,
    store,
    etcdReady(endpoint, signal, { timeoutMs: startTimeoutMs, log: store.logDir }),
    { ...endedEarly, install: 'etcd (apt-get install etcd-server, or take --shared-memory embedded)' },
  );
  return { endpoint, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function startReplica(
  node: Node,
  index: number,
  sharedMemory: ReplicaConfig['sharedMemory'],
  cell: Cell,
): Promise<StartedReplica> {
  const port = await node.allocatePort();
  const executionLogPath = `${node.workDir}/execution.log`;
  const config: ReplicaConfig = {
    replica: index,
    replicas: cell.replicas,
    batched: cell.workload === 'onset-batched',
    electionTimeoutMs,
    listen: { host: node.address, port },
    sharedMemory,
    executionLogPath,
  };
  const process = await node.spawn(['node', agentPath(node), JSON.stringify(config)], { name: 'replica' });
  return { node, process, name: node.name, host: node.address, port, executionLogPath };
}

async function untilHealthy(replica: StartedReplica, signal: AbortSignal): Promise<void> {
  await answerOf(replica, 'be healthy', signal, async () =>
    (await isHealthy(replica, signal)) ? true : undefined,
  );
}

/** Asks until the replica answers. Throws E521 when it does not in time, E525 when its process ends. */
async function answerOf<T>(
  replica: StartedReplica,
  what: string,
  signal: AbortSignal,
  ask: () => Promise<T | undefined>,
): Promise<T> {
  const answer = waitFor(
    {
      what: `${replica.name} to ${what} at ${replica.host}:${replica.port}`,
      timeoutMs: startTimeoutMs,
      signal,
      code: 'STRATA-E521',
      fix: "read the replica's log; a machine that is very busy may need fewer replicas",
      log: replica.node.logDir,
      intervalMs: 10,
    },
    ask,
  );
  return await unlessEnded(replica.process, replica.node, answer, endedEarly);
}

function agentPath(node: Node): string {
  return `${node.workDir}/onset-replica.cjs`;
}
