/** A node of the docker environment: one container. */
import { StrataError } from '../../harness/foundation/errors.ts';
import type { Node, NodeSpec, NodeStats, Pausable } from '../environment.ts';
import { dataDir, workDir } from './container.ts';
import type { ContainerHandle } from './command.ts';
import { refusalStatus } from './engine-errors.ts';
import { getFile, putFile } from './files.ts';
import { openHostCounters, type HostCounters } from './host-counters.ts';
import { execOnNode, spawnOnNode } from './processes.ts';
import { nodeStats } from './stats.ts';

export interface NodeParts {
  readonly spec: NodeSpec;
  readonly address: string;
  readonly logDir: string;
  readonly handle: ContainerHandle;
}

export interface DockerNode extends Node, Pausable {
  /** From now on the node refuses everything. */
  readonly close: () => void;
}

type NodeState = 'running' | 'paused' | 'killed';

const firstPort = 7000;

export function dockerNode(parts: NodeParts): DockerNode {
  const { spec, handle, address, logDir } = parts;
  let state: NodeState = 'running';
  let nextPort = firstPort;
  const require = (what: string, ...states: readonly NodeState[]) => {
    if (!states.includes(state)) throw refused(spec.name, what, state);
  };
  return {
    ...commandsOf(parts, (what) => require(what, 'running')),
    ...pausingOf(
      handle,
      (what) => require(what, 'running', 'paused'),
      (next) => (state = next),
    ),
    name: spec.name,
    spec,
    address,
    dataDir,
    workDir,
    logDir,
    close: () => (state = 'killed'),
    // The address is the node's alone, so every port on it is free.
    allocatePort: () => {
      require('hand out a port', 'running', 'paused');
      nextPort += 1;
      return Promise.resolve(nextPort - 1);
    },
    kill: async () => {
      state = 'killed';
      await killContainer(handle);
    },
    stats: statsOf(parts, () => require('be measured', 'running', 'paused')),
  };
}

function commandsOf(
  { spec, handle, logDir }: NodeParts,
  requireReady: (what: string) => void,
): Pick<Node, 'exec' | 'spawn' | 'put' | 'get'> {
  const names = new Set<string>();
  return {
    exec: async (command, options) => {
      requireReady(`run ${command[0]}`);
      return execOnNode(handle, command, options);
    },
    spawn: async (command, { name, env = {} }) => {
      requireReady(`start ${name}`);
      if (names.has(name)) throw refused(spec.name, `start a second process called ${name}`, 'running');
      names.add(name);
      return spawnOnNode(handle, command, { name, env, logDir });
    },
    put: async (content, file) => {
      requireReady(`put ${file}`);
      await putFile(handle, content, file);
    },
    get: async (file) => {
      requireReady(`get ${file}`);
      return getFile(handle, file);
    },
  };
}

function pausingOf(
  { engine, container, node }: ContainerHandle,
  requireAlive: (what: string) => void,
  setState: (state: NodeState) => void,
): Pausable {
  return {
    pause: async () => {
      requireAlive('pause');
      await engine.call(`pause node ${node}`, (abortSignal) => container.pause({ abortSignal }));
      setState('paused');
    },
    resume: async () => {
      requireAlive('resume');
      await engine.call(`resume node ${node}`, (abortSignal) => container.unpause({ abortSignal }));
      setState('running');
    },
  };
}

/** From the host's counters where they can be read, else as the engine tells. */
function statsOf({ spec, handle }: NodeParts, requireAlive: () => void): () => Promise<NodeStats> {
  const { engine, container, node } = handle;
  const hasCpuLimit = spec.cpus !== undefined;
  let counters: Promise<HostCounters | null> | undefined;
  const find = async () => {
    const { State: state } = await engine.call(`inspect node ${node}`, () => container.inspect());
    return openHostCounters(state.Pid, container.id);
  };
  return async () => {
    requireAlive();
    const onHost = await (counters ??= find());
    if (onHost !== null) return onHost.read(hasCpuLimit);
    const raw = await engine.call(`measure node ${node}`, () =>
      container.stats({ stream: false, 'one-shot': true }),
    );
    return nodeStats(raw, hasCpuLimit);
  };
}

/** A container that does not run any more, or is gone, is as dead as asked. */
async function killContainer({ engine, container, node }: ContainerHandle): Promise<void> {
  await engine.call(`kill node ${node}`, async (abortSignal) => {
    try {
      await container.kill({ signal: 'SIGKILL', abortSignal });
    } catch (error) {
      const status = refusalStatus(error);
      if (status !== 404 && status !== 409) throw error;
    }
  });
}

function refused(node: string, what: string, state: NodeState): StrataError {
  const why = { running: 'that name is taken', paused: 'it is paused', killed: 'it was killed or disposed' }[
    state
  ];
  return new StrataError({
    code: 'STRATA-E417',
    message: `node ${node} cannot ${what}: ${why}`,
    fix: 'start the trial again to get a fresh node',
  });
}
