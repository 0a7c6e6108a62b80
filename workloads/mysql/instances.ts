/** The instances of a trial: a database and the agent beside it on every node. */
import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import type { Node, NodeProcess } from '../../environments/environment.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import { waitFor } from '../../harness/foundation/deadline.ts';
import { roomForGarbage } from '../http-load/driver-process.ts';
import { unlessEnded } from '../node-process.ts';
import type { WorkloadTrial } from '../workload.ts';
import { agentClient, type AgentClient } from './agent-client.ts';
import type { AgentConfig, DatabaseEndpoint } from './agent/messages.ts';
import { assignNodes, factorsOf } from './check.ts';
import { startDatabase, type Database } from './server/database.ts';
import type { Skeletons } from './server/skeleton.ts';

export interface Instance {
  readonly index: number;
  /** Of its node: `db-1`. */
  readonly name: string;
  readonly node: Node;
  readonly database: Database;
  readonly agent: AgentClient;
  readonly agentProcess: NodeProcess;
  readonly cyclesDir: string;
}

export interface Instances extends AsyncDisposable {
  readonly list: readonly Instance[];
}

/** In emulated machines that start together on few cores Node.js alone takes most of a minute. */
const agentStartTimeoutMs = 180_000;
const lossTimeoutMs = 120_000;
const syncTimeoutMs = 120_000;
/** Of a server that looks up each client's name first: the paper waited for five minutes. */
const slowSyncTimeoutMs = 420_000;

export async function startInstances(
  trial: WorkloadTrial,
  skeletons: Skeletons,
  agentCode: Uint8Array,
): Promise<Instances> {
  const { cell, signal } = trial;
  const nodes = assignNodes(trial.nodes, cell);
  const password = randomBytes(18).toString('base64url');
  const placing = Promise.all(nodes.map((node) => node.put(agentCode, agentPath(node))));
  placing.catch(() => undefined);
  const databases = await Promise.all(
    nodes.map((node) => startDatabase({ node, cell, password, skeletons, signal })),
  );
  await placing;
  const list = await Promise.all(databases.map((_database, index) => startAgent(trial, databases, index)));
  return {
    list,
    [Symbol.asyncDispose]: () => {
      for (const { agent } of list) agent[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

async function startAgent(
  { cell, seed, signal }: WorkloadTrial,
  databases: readonly Database[],
  index: number,
): Promise<Instance & { readonly agent: Disposable }> {
  const database = databases[index];
  if (database === undefined) throw new RangeError(`no database ${index}`);
  const { node } = database;
  const endpoint = { name: node.name, host: node.address, port: await node.allocatePort() };
  const config = agentConfig(cell, seed, databases, index, endpoint);
  const configFile = `${node.workDir}/agent.json`;
  await node.put(Buffer.from(JSON.stringify(config)), configFile);
  const agentProcess = await node.spawn(['node', ...roomForGarbage, agentPath(node), configFile], {
    name: 'agent',
  });
  const agent = agentClient(endpoint);
  const wait = {
    what: `the agent of ${node.name} to answer at ${endpoint.host}:${endpoint.port}`,
    ...{ timeoutMs: agentStartTimeoutMs, signal, code: 'STRATA-E548' as const, intervalMs: 20 },
    ...{
      fix: "read the agent's log; a machine that is very busy may need fewer instances",
      log: node.logDir,
    },
  };
  const answering = waitFor(wait, async () => {
    await agent.status(signal);
    return true;
  });
  await unlessEnded(agentProcess, node, answering, { code: 'STRATA-E541' });
  return { index, name: node.name, node, database, agent, agentProcess, cyclesDir: config.cyclesDir };
}

function agentConfig(
  cell: Cell,
  seed: number,
  databases: readonly Database[],
  instance: number,
  control: { readonly host: string; readonly port: number },
): AgentConfig {
  const factors = factorsOf(cell);
  const own = databases[instance];
  if (own === undefined) throw new RangeError(`no database ${instance}`);
  const { clients, requests, warmupRequests, requestTimeoutMs, load } = cell;
  return {
    ...{ instance, seed, clients, requests, warmupRequests, requestTimeoutMs },
    databases: databases.map(({ name, host, port }) => ({ name, host, port })),
    syncInstance: lowestAddress(databases),
    ownSocket: own.socket,
    credentials: own.credentials,
    control: { host: control.host, port: control.port },
    cyclesDir: own.node.workDir,
    ratePerS: load.kind === 'open' ? load.ratePerS : null,
    factors,
    timeoutsMs: { sync: factors.nameResolution ? slowSyncTimeoutMs : syncTimeoutMs, loss: lossTimeoutMs },
  };
}

/** Index of the database with the lowest address (paper, section 3.1); the first of several with the same. */
export function lowestAddress(databases: readonly Pick<DatabaseEndpoint, 'host'>[]): number {
  const keys = databases.map(({ host }) => addressKey(host));
  return keys.indexOf([...keys].sort()[0] ?? '');
}

/** A text that sorts as the address does. */
function addressKey(host: string): string {
  if (!isIPv4(host)) return host;
  return host
    .split('.')
    .map((part) => part.padStart(3, '0'))
    .join('.');
}

function agentPath(node: Node): string {
  return `${node.workDir}/mysql-agent.cjs`;
}
