/** A cell in words. The embedded store is always named, because it is not etcd and must not pass for it. */
import type { Cell } from '../../harness/foundation/cell.ts';
import { bytes, counted, grouped } from './numbers.ts';

/** `process, onset, embedded store, 3 replicas, 16 clients`: enough to tell the cells of most runs apart. */
export function cellLabel(cell: Cell): string {
  return [
    cell.env,
    cell.workload,
    `${cell.sharedMemory} store`,
    counted(cell.replicas, 'replica'),
    counted(cell.clients, 'client'),
  ].join(', ');
}

/** The factors every table shows. */
export const mainFactors = ['env', 'workload', 'shared memory', 'replicas', 'clients'] as const;

/** All factors of a cell as text, in the order they are shown. */
export function cellFactors(cell: Cell): ReadonlyMap<string, string> {
  const load = cell.load.kind === 'closed' ? 'closed loop' : `open loop, ${grouped(cell.load.ratePerS)}/s`;
  return new Map([
    ['env', cell.env],
    ['workload', cell.workload],
    ['shared memory', cell.sharedMemory],
    ['store', cell.store],
    ['replicas', String(cell.replicas)],
    ['clients', grouped(cell.clients)],
    ['load', load],
    ['balance', cell.balance],
    ['mix', mixText(cell.mix)],
    ['requests/client', grouped(cell.requests)],
    ['warm-up', grouped(cell.warmupRequests)],
    ['time-out', `${grouped(cell.requestTimeoutMs)} ms`],
    ['CPUs/node', cell.cpus === undefined ? 'unlimited' : String(cell.cpus)],
    ['memory/node', cell.memoryBytes === undefined ? 'unlimited' : bytes(cell.memoryBytes)],
    ['faults', cell.faults.map((fault) => `${fault.kind}@${fault.atMs} ms`).join(' ') || 'none'],
  ]);
}

function mixText(mix: Cell['mix']): string {
  return Object.entries(mix)
    .filter(([, weight]) => weight > 0)
    .map(([operation, weight]) => `${operation} ${weight}`)
    .join(', ');
}

export interface FactorSplit {
  /** The same in every cell: said once. */
  readonly constant: readonly (readonly [name: string, value: string])[];
  /** Differ between cells: columns. */
  readonly varying: readonly string[];
}

/** Which factors tell the cells apart, and which are common to all of them. */
export function splitFactors(cells: readonly Cell[]): FactorSplit {
  const all = cells.map(cellFactors);
  const names = [...(all[0]?.keys() ?? [])];
  const isVarying = (name: string) => new Set(all.map((factors) => factors.get(name))).size > 1;
  return {
    constant: names
      .filter((name) => !isVarying(name))
      .map((name) => [name, all[0]?.get(name) ?? ''] as const),
    varying: names.filter(isVarying),
  };
}
