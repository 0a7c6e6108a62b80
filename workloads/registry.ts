/** Name → workload. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkloadName } from '../harness/foundation/cell.ts';
import { onsetWorkload } from './onset/onset-workload.ts';
import type { Workload } from './workload.ts';

export interface Workloads extends Disposable {
  readonly workloadFor: (name: WorkloadName) => Workload;
}

/** The workloads of one run. What they bundle lives in a private directory until this is disposed. */
export function openWorkloads(): Workloads {
  const bundleDir = mkdtempSync(join(tmpdir(), 'strata-bundles-'));
  const made = new Map<WorkloadName, Workload>();
  return {
    workloadFor(name) {
      const workload = made.get(name) ?? onsetWorkload(name, bundleDir);
      made.set(name, workload);
      return workload;
    },
    [Symbol.dispose]: () => rmSync(bundleDir, { recursive: true, force: true }),
  };
}
