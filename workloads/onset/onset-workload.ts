/**
 * The replicated counter of paper `onset`: a REST server a replica, ordering through shared memory, one connection a
 * client. `onset` writes one record per request as the paper does; `onset-batched` groups records and is labelled
 * as something else, because it is.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundled } from '../../harness/foundation/bundle.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import { runDriver } from '../http-load/driver-process.ts';
import { defaultStallTimeoutMs, type HttpLoadPlan } from '../http-load/plan.ts';
import type { DriveOutcome, PreparedWorkload, Workload, WorkloadTrial } from '../workload.ts';
import { onsetColumns, onsetOperations } from './codec.ts';
import { startOnset, type RunningOnset, type RunningReplica } from './start-nodes.ts';
import { assignNodes, checkOnsetCell, onsetTopology } from './topology.ts';
import { verifyOnset } from './verify.ts';

const descriptions = {
  onset: 'replicated counter over shared memory, one record per request (paper onset, section 3.3)',
  'onset-batched': 'the same counter with records grouped per transaction; not the protocol of the paper',
} as const;

/** The agent and the load generator are bundled once, in memory; a trial keeps what it needs as a file in its scratch. */
export function onsetWorkload(name: keyof typeof descriptions): Workload {
  const agent = once(() => bundled(join(import.meta.dirname, 'replica', 'replica-main.ts')));
  const driver = once(() => bundled(join(import.meta.dirname, 'driver-main.ts')));
  return {
    name,
    description: descriptions[name],
    operations: onsetOperations,
    sampleColumns: onsetColumns,
    check: checkOnsetCell,
    topology: onsetTopology,
    async prepare(trial) {
      const [agentCode, driverCode] = await Promise.all([agent(), driver()]);
      const driverScript = await writeDriver(driverCode, trial.scratchDir);
      const running = await startOnset(assignNodes(trial.nodes, trial.cell), agentCode, trial);
      return prepared(running, driverScript, trial);
    },
  };
}

function prepared(running: RunningOnset, driverScript: string, trial: WorkloadTrial): PreparedWorkload {
  let outcome: DriveOutcome | undefined;
  return {
    async drive({ spoolPath, onMeasureStart, signal }) {
      const plan = loadPlan(running.replicas, trial, spoolPath);
      outcome = await runDriver({ script: driverScript, plan, onMeasureStart, signal });
      return outcome;
    },
    async verify(context) {
      if (outcome === undefined) throw new Error('verify was called before drive');
      return await verifyOnset(running.replicas, outcome.epochHrtimeNs, context);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}

function loadPlan(
  replicas: readonly RunningReplica[],
  { cell, seed }: WorkloadTrial,
  spoolPath: string,
): HttpLoadPlan {
  return {
    targets: replicas.map(({ name, host, port }) => ({ name, host, port })),
    clients: cell.clients,
    balance: cell.balance,
    seed,
    load: cell.load,
    warmupRequests: cell.warmupRequests,
    requests: cell.requests,
    requestTimeoutMs: cell.requestTimeoutMs,
    stallTimeoutMs: stallTimeoutMs(cell),
    operations: onsetOperations.map((name) => ({ name, weight: cell.mix[name] ?? 0 })),
    sampleColumns: onsetColumns,
    spoolPath,
  };
}

/** A stall is silence that outlasts every re-send a fault can need. */
function stallTimeoutMs({ requestTimeoutMs }: Cell): number {
  return Math.max(defaultStallTimeoutMs, 3 * requestTimeoutMs);
}

/** The load generator is a process of its own, so it has to be a file. */
async function writeDriver(code: Uint8Array, scratchDir: string): Promise<string> {
  const script = join(scratchDir, 'driver.cjs');
  try {
    await writeFile(script, code);
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E362',
      message: `cannot write the load generator to ${script}`,
      fix: 'see the cause: free some space or make the directory writable, or choose another with --out',
      cause,
    });
  }
  return script;
}

/** Starts `make` at the first call and hands its promise to every later one. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}
