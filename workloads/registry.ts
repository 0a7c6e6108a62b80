/** Name → workload. */
import type { WorkloadName } from '../harness/foundation/cell.ts';
import { mysqlWorkload } from './mysql/mysql-workload.ts';
import { onsetWorkload } from './onset/onset-workload.ts';
import type { Workload } from './workload.ts';

export interface Workloads {
  readonly workloadFor: (name: WorkloadName) => Workload;
}

/** The workloads of one run: each is made once and holds what it bundles in memory. */
export function openWorkloads(): Workloads {
  const made = new Map<WorkloadName, Workload>();
  return {
    workloadFor(name) {
      const workload = made.get(name) ?? (name === 'mysql' ? mysqlWorkload() : onsetWorkload(name));
      made.set(name, workload);
      return workload;
    },
  };
}
