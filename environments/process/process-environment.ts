/**
 * The process environment: nodes are groups of host processes with directories of their own, on loopback, without
 * isolation. It is the zero line that virtualization is compared with, and all that a machine with only Node needs.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { StorageMedium } from '../../harness/foundation/cell.ts';
import type {
  Environment,
  Limiting,
  NodeSpec,
  OpenEnvironment,
  RunScope,
  StartedNodes,
  StorageMedia,
  TrialScope,
} from '../environment.ts';
import { checkedName } from '../object-names.ts';
import { startTogether } from '../start-together.ts';
import { allSettledOrThrow } from '../teardown.ts';
import { makeNodeCgroup, wantsLimits, whyNoLimits, type NodeCgroup } from './cgroup.ts';
import { cgroupName } from './cgroup-mounts.ts';
import {
  claimTrialDirectory,
  isInMemory,
  makeNodeDirectories,
  makeRunDirectories,
  removeEmptyRunDirectories,
  removeTrialDirectories,
} from './directories.ts';
import { endFamilies, type Family } from './family.ts';
import { processFacts } from './facts.ts';
import { preflightProcess } from './preflight.ts';
import { openPortLeases, type PortLeases } from './port-leases.ts';
import { processNode, type ProcessNode } from './process-node.ts';
import { processTable, sharedTable, type ReadTable } from './process-table.ts';
import { reapProcesses } from './reap.ts';

/** Looks at the process table are shared by the nodes' statistics for this long. */
const statsMaxAgeMs = 100;

export function createProcessEnvironment(): Environment & StorageMedia & Limiting {
  const storageMedia = new Set<StorageMedium>(isInMemory('/dev/shm') ? ['disk', 'ram'] : ['disk']);
  return {
    name: 'process',
    storageMedia,
    preflight: preflightProcess,
    open: openProcessEnvironment,
    reap: reapProcesses,
    whyNoLimits,
  };
}

/** What the trials of an open environment share. */
interface OpenRun {
  readonly scope: RunScope;
  readonly leases: PortLeases;
  readonly table: ReadTable;
  readonly recentTable: ReadTable;
  readonly started: Set<StartedNodes>;
}

async function openProcessEnvironment(scope: RunScope): Promise<OpenEnvironment> {
  checkedName('run', scope.runId);
  scope.signal.throwIfAborted();
  // One process carries out a run at a time, so what bears its id now was left by one that was killed.
  await reapProcesses((runId) => runId !== scope.runId, scope.signal);
  await makeRunDirectories(scope.runId);
  const table = processTable();
  const leases = await openPortLeases(scope.runId);
  const started = new Set<StartedNodes>();
  const run = { scope, leases, table, recentTable: sharedTable(table, statsMaxAgeMs), started };
  return {
    facts: processFacts(),
    start: (trial) => startTrial(run, trial),
    [Symbol.asyncDispose]: async () => {
      try {
        await allSettledOrThrow([...started].map(async (nodes) => nodes[Symbol.asyncDispose]()));
      } finally {
        await leases[Symbol.asyncDispose]();
        await removeEmptyRunDirectories(scope.runId);
      }
    },
  };
}

async function startTrial(run: OpenRun, trial: TrialScope): Promise<StartedNodes> {
  trial.signal.throwIfAborted();
  checkedName('trial', trial.trialId);
  for (const spec of trial.nodes) checkedName('node', spec.name);
  await claimTrialDirectory(run.scope.runId, trial.trialId);
  const cgroups: NodeCgroup[] = [];
  return await startTogether({
    trial,
    startNode: (spec) => startNode(run, trial, spec, cgroups),
    end: (nodes) => endTrial(run, trial, nodes, cgroups),
    started: run.started,
  });
}

async function startNode(
  run: OpenRun,
  trial: TrialScope,
  spec: NodeSpec,
  cgroups: NodeCgroup[],
): Promise<ProcessNode> {
  const marks = { runId: run.scope.runId, trialId: trial.trialId, node: spec.name };
  try {
    const directories = await makeNodeDirectories(marks.runId, marks.trialId, spec.name, spec.storage);
    const logDir = path.join(run.scope.logDir, trial.trialId, spec.name);
    await mkdir(logDir, { recursive: true });
    const name = cgroupName(marks.runId, marks.trialId, spec.name);
    const cgroup = wantsLimits(spec) ? await makeNodeCgroup(name, spec) : null;
    if (cgroup !== null) cgroups.push(cgroup);
    const family: Family = { marks, groups: new Set(), cgroupPids: () => cgroup?.pids() ?? [] };
    return processNode({ ...run, spec, family, directories, logDir, cgroup });
  } catch (cause) {
    if (cause instanceof StrataError) throw cause;
    throw new StrataError({
      code: 'STRATA-E400',
      message: `cannot make node ${spec.name} of trial ${trial.trialId}`,
      fix: 'see the cause: it is what the system said about the directories of the node',
      cause,
    });
  }
}

async function endTrial(
  run: OpenRun,
  trial: TrialScope,
  nodes: readonly ProcessNode[],
  cgroups: readonly NodeCgroup[],
): Promise<void> {
  for (const node of nodes) node.close();
  const families = nodes.map((node) => node.parts.family);
  if (families.length > 0) await endFamilies(families, run.table);
  await allSettledOrThrow([
    ...cgroups.map(async (cgroup) => cgroup[Symbol.asyncDispose]()),
    run.leases.giveBack(nodes.flatMap((node) => [...node.ports])),
    removeTrialDirectories(run.scope.runId, trial.trialId),
  ]);
}
