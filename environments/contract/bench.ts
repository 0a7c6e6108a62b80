/** The bench the contract cases stand on: options, named cases, scopes, and nodes shared by harmless cases. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, it } from 'vitest';
import {
  hasStorageMedia,
  type Environment,
  type ExecResult,
  type Node,
  type NodeSpec,
  type OpenEnvironment,
  type StartedNodes,
} from '../environment.ts';
import { registerLiveRun } from '../live-runs.ts';
import { agentSource } from './agent-source.ts';

/** Cases an implementation may declare not applicable. */
export const contractCases = [
  'data directory on the asked medium',
  'node to node',
  'children of children die',
  'pause and resume',
  'cpu time grows',
  'start that fails halfway',
  'abort during start',
  'reap',
] as const;
export type ContractCase = (typeof contractCases)[number];

export interface ContractOptions {
  /** How a harness in another process makes the same environment: a module and its factory without arguments. */
  readonly factory: { readonly module: URL; readonly exportName: string };
  /** A node that cannot start next to others that can, and words the original error carries. */
  readonly failing: { readonly node: NodeSpec; readonly words: RegExp };
  /** Names of all that exists outside the harness and carries the run id. */
  readonly remnants: (runId: string) => Promise<readonly string[]>;
  /** Cases that cannot apply, with the reason. */
  readonly notApplicable?: Readonly<Partial<Record<ContractCase, string>>>;
  /** Limit for one case; 90 s unless told. */
  readonly caseTimeoutMs?: number;
  /** Limit for opening an environment and starting its nodes; 60 s unless told. */
  readonly startTimeoutMs?: number;
}

export interface ContractBench {
  readonly options: ContractOptions;
  readonly makeEnvironment: () => Environment;
  /** A test; `applies` names the case it belongs to when an implementation may decline it. */
  readonly test: (title: string, body: () => Promise<void>, applies?: ContractCase) => void;
  /** Opens an environment for a fresh run. */
  readonly open: (runId?: string) => Promise<OpenRun>;
  /** Nodes started once for the cases of the describe block it is called in. */
  readonly sharedNodes: (specs: readonly NodeSpec[]) => NodeNamed;
}

/** A started node by its name. */
export type NodeNamed = (name: string) => Node;

export interface OpenRun extends AsyncDisposable {
  readonly runId: string;
  readonly environment: Environment;
  readonly open: OpenEnvironment;
  readonly start: (
    nodes: readonly NodeSpec[],
    signal?: AbortSignal,
    trialId?: string,
  ) => Promise<StartedNodes>;
}

/** Where nodes are machines: an emulated processor is some 13 times slower, and a busy host several times slower again. */
export const machineLimits = { caseTimeoutMs: 600_000, startTimeoutMs: 600_000 } as const;

/** Far above what anything takes in an emulated machine on a busy host. */
export const patienceMs = 180_000;

export const disk = (name: string): NodeSpec => ({ name, storage: 'disk' });

export const freshRunId = (): string => `contract-${randomBytes(4).toString('hex')}`;

export function contractBench(makeEnvironment: () => Environment, options: ContractOptions): ContractBench {
  const open = (runId = freshRunId()) => openRun(makeEnvironment(), runId);
  return {
    options,
    makeEnvironment,
    open,
    test: (title, body, applies) => {
      const reason = applies === undefined ? undefined : options.notApplicable?.[applies];
      const shown = reason === undefined ? title : `${title} (does not apply: ${reason})`;
      it.skipIf(reason !== undefined)(shown, { timeout: options.caseTimeoutMs ?? 90_000 }, body);
    },
    sharedNodes: (specs) => sharedNodes(open, specs, options.startTimeoutMs ?? 60_000),
  };
}

async function openRun(environment: Environment, runId: string): Promise<OpenRun> {
  const logDir = await mkdtemp(path.join(tmpdir(), 'contract logs '));
  const removeLogs = () => rm(logDir, { recursive: true, force: true });
  // Registered like every run: a reaper of somebody else on this machine must leave it alone.
  const live = await registerLiveRun(runId);
  try {
    const signal = new AbortController().signal;
    // As a run hands it over: seen from the directory in which the harness was started.
    const fromHere = path.relative(process.cwd(), logDir);
    const open = await environment.open({ runId, logDir: fromHere, signal, progress: () => undefined });
    return {
      runId,
      environment,
      open,
      start: (nodes, signal = new AbortController().signal, trialId = 't0001') =>
        open.start({ trialId, nodes, signal }),
      [Symbol.asyncDispose]: async () => {
        await open[Symbol.asyncDispose]();
        await live[Symbol.asyncDispose]();
        await removeLogs();
      },
    };
  } catch (error) {
    await live[Symbol.asyncDispose]();
    await removeLogs();
    throw error;
  }
}

/** Starting nodes takes most of the time where they are machines: cases that leave each other alone share them. */
function sharedNodes(open: () => Promise<OpenRun>, specs: readonly NodeSpec[], timeoutMs: number): NodeNamed {
  let run: OpenRun | undefined;
  let started: StartedNodes | undefined;
  beforeAll(async () => {
    run = await open();
    started = await run.start(specs);
  }, timeoutMs);
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
    await run?.[Symbol.asyncDispose]();
  }, timeoutMs);
  return (name) => nodeNamed(started?.nodes ?? [], name);
}

/** The node of that name; a missing one is a broken test, not a result. */
export function nodeNamed(nodes: readonly Node[], name: string): Node {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`the environment started no node called ${name}`);
  return node;
}

/** Runs a command under a generous limit. */
export function run(node: Node, ...command: readonly [string, ...string[]]): Promise<ExecResult> {
  return node.exec(command, { signal: new AbortController().signal, timeoutMs: patienceMs });
}

/** Puts the contract's own program on the node and returns its path there. */
export async function putAgent(node: Node): Promise<string> {
  const agentPath = path.posix.join(node.workDir, 'contract-agent.cjs');
  await node.put(Buffer.from(agentSource), agentPath);
  return agentPath;
}

/** `ram` where the environment offers it, else `disk`. */
export function fastestMedium(environment: Environment): NodeSpec['storage'] {
  return hasStorageMedia(environment) && environment.storageMedia.has('ram') ? 'ram' : 'disk';
}
