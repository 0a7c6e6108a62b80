/** Inserters on servers of this host, driven without a run: for measuring them beside something else. */
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { registerLiveRun } from '../../environments/live-runs.ts';
import { environmentFor } from '../../environments/registry.ts';
import { driveInstances, type DriveFindings } from '../../workloads/mysql/drive.ts';
import { startInstances, type Instance } from '../../workloads/mysql/instances.ts';
import { mysqlTopology } from '../../workloads/mysql/check.ts';
import { openSkeletons } from '../../workloads/mysql/server/skeleton.ts';
import { bundled } from '../foundation/bundle.ts';
import type { Cell } from '../foundation/cell.ts';
import { expandPlan } from '../plan/expand.ts';
import { resolveExperiment } from '../plan/resolve.ts';
import type { BenchScope } from './ratio.ts';

/** The one cell of workload mysql that these flags make. */
export function inserterCell(flags: Readonly<Record<string, string>>): Cell {
  const common = { seed: '1', env: 'process', workload: 'mysql', trials: '1' };
  const [cell] = expandPlan(resolveExperiment({ flags: { ...common, ...flags }, environment: {} })).cells;
  if (cell === undefined) throw new Error('the flags make no cell');
  return cell;
}

const skeletons = openSkeletons();
const agentEntry = join(import.meta.dirname, '..', '..', 'workloads', 'mysql', 'agent', 'agent-main.ts');

/** Fresh servers with their agents, until `work` is done with them. */
export async function withInserters<T>(
  cell: Cell,
  { scratchDir, signal }: BenchScope,
  work: (instances: readonly Instance[]) => Promise<T>,
): Promise<T> {
  const logDir = await mkdtemp(join(scratchDir, 'inserters-'));
  const runId = `self-${process.pid}-${Date.now().toString(36)}`;
  await using _live = await registerLiveRun(runId);
  const scope = { runId, logDir, signal, progress: () => undefined };
  await using environment = await environmentFor('process').open(scope);
  await using started = await environment.start({ trialId: 'bench', nodes: mysqlTopology(cell), signal });
  const trial = { trialId: 'bench', cell, seed: 1, nodes: started.nodes, scratchDir: logDir, signal };
  await using instances = await startInstances(trial, skeletons, await bundled(agentEntry));
  return await work(instances.list);
}

/** Drives them once, as a trial does; `meanwhile` begins with the measurement and is told when that is over. */
export async function driveOnce(
  instances: readonly Instance[],
  cell: Cell,
  { scratchDir, signal }: BenchScope,
  meanwhile: (over: AbortSignal) => Promise<void> = () => Promise.resolve(),
): Promise<DriveFindings> {
  const spoolPath = join(await mkdtemp(join(scratchDir, 'spool-')), 'spool');
  const over = new AbortController();
  let beside: Promise<void> | undefined;
  const onMeasureStart = () => void (beside = meanwhile(over.signal));
  try {
    return await driveInstances(instances, cell, new Set(), { spoolPath, onMeasureStart, signal });
  } finally {
    over.abort();
    await beside;
  }
}

/** Measured inserts per second of all instances together. */
export function insertsPerS({ totals, outcome }: DriveFindings): number {
  return (totals.measuredOk * 1e9) / (outcome.measureEndNs - outcome.measureStartNs);
}
