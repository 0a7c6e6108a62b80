/** Runs cells through the same machinery as a user's run, in a directory of the benchmark's own. */
import { join } from 'node:path';
import { environmentFor } from '../../environments/registry.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { openWorkloads } from '../../workloads/registry.ts';
import { expandPlan } from '../plan/expand.ts';
import { resolveExperiment } from '../plan/resolve.ts';
import { createRun } from '../run/create-run.ts';
import { executePlan } from '../run/run.ts';
import type { BenchScope } from './ratio.ts';

/**
 * @param flags as on the command line, by commander's attribute name
 * @returns the completed trials' records
 * @throws Error when a trial fails: a ratio over what is left would mislead
 */
export async function runCells(
  flags: Readonly<Record<string, unknown>>,
  bench: BenchScope,
): Promise<readonly TrialRecord[]> {
  const plan = expandPlan(resolveExperiment({ flags: { seed: '1', ...flags }, environment: {} }));
  const workloads = openWorkloads();
  await using run = await createRun(plan, { baseDir: join(bench.scratchDir, 'runs'), argv: ['bench:self'] });
  const records = await executePlan(run, {
    environmentFor,
    workloadFor: workloads.workloadFor,
    progress: { show: () => undefined, [Symbol.asyncDispose]: () => Promise.resolve() },
    signal: bench.signal,
    retries: 0,
    keepOnFailure: false,
  });
  for (const { trialId, status, cause } of records) {
    if (status !== 'completed') throw new Error(`${trialId} ${status}: ${cause?.message ?? ''}`);
  }
  return records;
}

export function throughputs(records: readonly TrialRecord[], replicas: number): number[] {
  return records
    .filter(({ cell }) => cell.replicas === replicas)
    .map(({ metrics }) => metrics?.throughputPerS ?? Number.NaN);
}
