/**
 * The replicated inserter of paper `containers-vs-vms`: on every node a database server and an agent that inserts tuples
 * into it, at a rate or as fast as it can, and sends them in batches to all others.
 */
import { join } from 'node:path';
import { bundled } from '../../harness/foundation/bundle.ts';
import type { PreparedWorkload, Workload, WorkloadTrial } from '../workload.ts';
import { checkMysqlCell, mysqlTopology } from './check.ts';
import { mysqlColumns, mysqlOperations } from './columns.ts';
import type { DatabaseFaults } from '../database-faults.ts';
import { driveInstances, type DriveFindings } from './drive.ts';
import { startInstances, type Instances } from './instances.ts';
import { openSkeletons } from './server/skeleton.ts';
import { verifyTuples } from './verify.ts';

/** The agent is bundled once, in memory; so are the empty data directories kept. */
export function mysqlWorkload(): Workload {
  const skeletons = openSkeletons();
  let bundling: Promise<Uint8Array> | undefined;
  return {
    name: 'mysql',
    description:
      'replicated MySQL inserter: local inserts, sent to all others in batches (paper containers-vs-vms)',
    operations: mysqlOperations,
    sampleColumns: mysqlColumns,
    check: checkMysqlCell,
    topology: mysqlTopology,
    async prepare(trial) {
      const agent = await (bundling ??= bundled(join(import.meta.dirname, 'agent', 'agent-main.ts')));
      return prepared(await startInstances(trial, skeletons, agent), trial);
    },
  };
}

function prepared(instances: Instances, { cell, seed }: WorkloadTrial): PreparedWorkload & DatabaseFaults {
  const { list } = instances;
  let findings: DriveFindings | undefined;
  const abandoned = new Set<number>();
  const instanceAt = (node: string) => {
    const instance = list.find(({ name }) => name === node);
    if (instance === undefined) throw new RangeError(`no database on ${node}`);
    return instance;
  };
  return {
    async drive(context) {
      findings = await driveInstances(list, cell, abandoned, context);
      return findings.outcome;
    },
    async verify(context) {
      if (findings === undefined) throw new Error('verify was called before drive');
      return await verifyTuples(list, cell, seed, findings, context);
    },
    killDatabase: (node) => instanceAt(node).database.kill(),
    restartDatabase: (node, signal) => instanceAt(node).database.restart(signal),
    abandonDatabase: async (node, signal) => {
      abandoned.add(instanceAt(node).index);
      // An agent that cannot be told is about to be missed itself.
      await Promise.allSettled(list.map(({ agent }) => agent.abandon({ gone: [...abandoned] }, signal)));
    },
    [Symbol.asyncDispose]: () => instances[Symbol.asyncDispose](),
  };
}
