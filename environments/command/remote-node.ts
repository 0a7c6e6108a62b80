/**
 * A node whose commands run somewhere else, over a {@link CommandRunner}: the part of the node contract that is the
 * same for containers and machines. Refuses what a paused, killed or disposed node cannot do.
 */
import { StrataError } from '../../harness/foundation/errors.ts';
import type { Node, NodeSpec, NodeStats, Pausable } from '../environment.ts';
import type { CommandRunner } from './command-runner.ts';
import { commandFiles, type NodeFiles } from './files.ts';
import { execOnNode, spawnOnNode } from './processes.ts';

export interface RemoteNodeParts {
  readonly spec: NodeSpec;
  readonly address: string;
  readonly logDir: string;
  readonly dataDir: string;
  readonly workDir: string;
  readonly runner: CommandRunner;
  /** Through commands of the runner unless there is a better way. */
  readonly files?: NodeFiles;
  /** What the place the node lives in can do to it; called only in states in which it makes sense. */
  readonly place: NodePlace;
  /** A port of the address that is free; absent where the address is the node's alone, so that every port is. */
  readonly allocatePort?: () => Promise<number>;
}

export interface NodePlace {
  readonly pause: () => Promise<void>;
  readonly resume: () => Promise<void>;
  /** Harmless when the node is gone. */
  readonly kill: () => Promise<void>;
  readonly stats: () => Promise<NodeStats>;
}

export interface RemoteNode extends Node, Pausable {
  /** From now on the node refuses everything. */
  readonly close: () => void;
}

type NodeState = 'running' | 'paused' | 'killed';

const firstPort = 7000;

export function remoteNode(parts: RemoteNodeParts): RemoteNode {
  const { spec, address, dataDir, workDir, logDir, place } = parts;
  let state: NodeState = 'running';
  const allocatePort = parts.allocatePort ?? countPorts();
  const require = (what: string, ...states: readonly NodeState[]) => {
    if (!states.includes(state)) throw refused(spec.name, what, state);
  };
  return {
    ...{ name: spec.name, spec, address, dataDir, workDir, logDir },
    ...commandsOf(parts, (what) => require(what, 'running')),
    close: () => (state = 'killed'),
    allocatePort: async () => {
      require('hand out a port', 'running', 'paused');
      return allocatePort();
    },
    pause: async () => {
      require('pause', 'running', 'paused');
      await place.pause();
      state = 'paused';
    },
    resume: async () => {
      require('resume', 'running', 'paused');
      await place.resume();
      state = 'running';
    },
    kill: async () => {
      state = 'killed';
      await place.kill();
    },
    stats: async () => {
      require('be measured', 'running', 'paused');
      return place.stats();
    },
  };
}

function countPorts(): () => Promise<number> {
  let next = firstPort;
  return () => Promise.resolve(next++);
}

function commandsOf(
  { spec, runner, logDir, files = commandFiles(runner) }: RemoteNodeParts,
  requireReady: (what: string) => void,
): Pick<Node, 'exec' | 'spawn' | 'put' | 'get'> {
  const names = new Set<string>();
  return {
    exec: async (command, options) => {
      requireReady(`run ${command[0]}`);
      return execOnNode(runner, command, options);
    },
    spawn: async (command, { name, env = {} }) => {
      requireReady(`start ${name}`);
      if (names.has(name)) throw refused(spec.name, `start a second process called ${name}`, 'running');
      names.add(name);
      return spawnOnNode(runner, command, { name, env, logDir });
    },
    put: async (content, file) => {
      requireReady(`put ${file}`);
      await files.put(content, file);
    },
    get: async (file) => {
      requireReady(`get ${file}`);
      return files.get(file);
    },
  };
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
