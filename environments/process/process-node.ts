/** A node of the process environment: a directory, a share of the loopback ports, and the processes it is given. */
import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StrataError, type ErrorCode } from '../../harness/foundation/errors.ts';
import type { ExecOptions, Node, NodeSpec, NodeStats, Pausable, SpawnOptions } from '../environment.ts';
import type { NodeCgroup } from './cgroup.ts';
import { runToEnd, startLogged, type PreparedCommand } from './commands.ts';
import { account, emptyAccount } from './cpu-account.ts';
import type { NodeDirectories } from './directories.ts';
import { continueFamily, endFamilies, membersOf, stopFamily, type Family } from './family.ts';
import type { ProcessGroup } from './group.ts';
import { nodeEnvironment } from './node-environment.ts';
import type { PortLeases } from './port-leases.ts';
import { markVariables, nsPerTick, residentBytes, type ReadTable } from './process-table.ts';
import { findProgram } from './program.ts';

export interface NodeParts {
  readonly spec: NodeSpec;
  readonly family: Family;
  readonly directories: NodeDirectories;
  readonly logDir: string;
  readonly leases: PortLeases;
  readonly cgroup: NodeCgroup | null;
  /** A look at the processes as they are now. */
  readonly table: ReadTable;
  /** A look that may be a little old and is shared with other nodes. */
  readonly recentTable: ReadTable;
}

export interface ProcessNode extends Node, Pausable {
  readonly parts: NodeParts;
  /** From now on the node refuses commands. */
  readonly close: () => void;
  readonly ports: ReadonlySet<number>;
}

type NodeState = 'running' | 'paused' | 'killed';

export function processNode(parts: NodeParts): ProcessNode {
  const { spec, directories, family, table } = parts;
  const ports = new Set<number>();
  let state: NodeState = 'running';
  const setState = (next: NodeState) => {
    state = next;
  };
  const requireAlive = (what: string) => {
    if (state === 'killed') throw refused(spec, what, 'the node was killed or disposed');
  };
  return {
    ...commandsOf(parts, (what) => {
      requireAlive(what);
      if (state === 'paused') throw refused(spec, what, 'the node is paused');
    }),
    ...filesOf(parts, requireAlive),
    ...pausingOf(parts, requireAlive, setState),
    parts,
    ports,
    name: spec.name,
    spec,
    address: '127.0.0.1',
    dataDir: directories.dataDir,
    workDir: directories.workDir,
    logDir: parts.logDir,
    stats: statsOf(parts),
    close: () => setState('killed'),
    allocatePort: async () => {
      requireAlive('hand out a port');
      const port = await parts.leases.take();
      ports.add(port);
      return port;
    },
    kill: async () => {
      setState('killed');
      await endFamilies([family], table);
    },
  };
}

function commandsOf(parts: NodeParts, requireReady: (what: string) => void): Pick<Node, 'exec' | 'spawn'> {
  const names = new Set<string>();
  const adopt = (group: ProcessGroup) => {
    parts.family.groups.add(group);
    void group.exited.then(() => parts.family.groups.delete(group));
  };
  return {
    exec: async (command, options: ExecOptions) => {
      requireReady(`run ${command[0]}`);
      const describe = `\`${command.join(' ')}\` on node ${parts.spec.name} to end`;
      return runToEnd(prepare(parts, command, options.env), options, describe, adopt);
    },
    spawn: async (command, { name, env }: SpawnOptions) => {
      requireReady(`start ${name}`);
      if (names.has(name))
        throw refused(parts.spec, `start ${name}`, 'a process of that name was started before');
      const prepared = prepare(parts, command, env);
      names.add(name);
      return startLogged(name, prepared, path.join(parts.logDir, `${name}.log`), adopt);
    },
  };
}

/** Joins each cgroup before it becomes the command, so that not even its first instruction is outside. */
const joinScript = `count=$1; shift
while [ "$count" -gt 0 ]; do echo 0 > "$1" || exit 125; shift; count=$((count - 1)); done
exec "$@"`;

function prepare(
  { spec, directories, family, cgroup }: NodeParts,
  [name, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> | undefined,
): PreparedCommand {
  const cwd = directories.workDir;
  const inherited = nodeEnvironment(spec.name, directories);
  const merged = { ...inherited, ...env, ...markVariables(family.marks) };
  const program = findProgram(name, env?.['PATH'] ?? inherited.PATH, cwd);
  const files = cgroup?.procsFiles ?? [];
  if (files.length === 0) return { program, args, cwd, env: merged };
  const joining = ['-c', joinScript, 'join', String(files.length), ...files, program, ...args];
  return { program: '/bin/sh', args: joining, cwd, env: merged };
}

function filesOf(
  { spec, directories }: NodeParts,
  requireAlive: (what: string) => void,
): Pick<Node, 'put' | 'get'> {
  const inside = (file: string, what: string) => {
    requireAlive(what);
    const places = [directories.workDir, directories.dataDir];
    // Without isolation a path is a path of the host: only the node's own directories are its to touch.
    if (places.some((place) => path.resolve(file).startsWith(place + path.sep))) return path.resolve(file);
    throw refused(spec, what, `it is outside of ${places.join(' and ')}`, 'STRATA-E406');
  };
  return {
    put: async (content, file) => {
      const target = inside(file, `put ${file}`);
      await fileAction(spec, `put ${file}`, async () => {
        // Renamed into place, so that a program being replaced, or put twice at once, is never seen in part.
        const draft = `${target}.${randomUUID()}`;
        await writeFile(draft, content, { mode: 0o755 });
        await rename(draft, target);
      });
    },
    get: async (file) => {
      const source = inside(file, `get ${file}`);
      return fileAction(spec, `get ${file}`, () => readFile(source));
    },
  };
}

function pausingOf(
  { family, table }: NodeParts,
  requireAlive: (what: string) => void,
  setState: (state: NodeState) => void,
): Pausable {
  return {
    pause: async () => {
      requireAlive('pause');
      setState('paused');
      await stopFamily(family, table);
    },
    resume: async () => {
      requireAlive('resume');
      await continueFamily(family, table);
      setState('running');
    },
  };
}

/** Loopback traffic is not counted by process, so the network figures are unknown. */
function statsOf({ family, cgroup, recentTable }: NodeParts): () => Promise<NodeStats> {
  let cpu = emptyAccount;
  return async () => {
    const rows = await membersOf([family], recentTable);
    cpu = account(cpu, rows);
    return {
      cpuNs: cgroup?.cpuNs() ?? cpu.totalTicks * nsPerTick,
      memoryBytes: rows.reduce((sum, row) => sum + residentBytes(row.pid), 0),
      networkReceivedBytes: null,
      networkSentBytes: null,
      throttledNs: cgroup?.throttledNs() ?? null,
    };
  };
}

async function fileAction<T>(spec: NodeSpec, what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    throw refused(spec, what, 'the file system refused', 'STRATA-E408', cause);
  }
}

function refused(
  spec: NodeSpec,
  what: string,
  why: string,
  code: ErrorCode = 'STRATA-E403',
  cause?: unknown,
) {
  return new StrataError({
    code,
    message: `node ${spec.name} cannot ${what}: ${why}`,
    fix: fixes[code] ?? 'start the trial again to get a fresh node',
    ...(cause === undefined ? {} : { cause }),
  });
}

const fixes: Partial<Record<ErrorCode, string>> = {
  'STRATA-E406': 'use a path below the workDir or dataDir of the node',
  'STRATA-E408': 'see the cause; the path must lie in a directory that exists on the node',
};
