/**
 * The words of an experiment that every room uses: a cell is one combination of factors, a trial is one run of one
 * cell in fresh nodes.
 */

export const environmentNames = ['process', 'docker', 'docker-vm', 'vm'] as const;
export type EnvironmentName = (typeof environmentNames)[number];

export const workloadNames = ['onset', 'onset-batched'] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** Where the shared store keeps its data (paper `onset`, section 4: RAM disk against hard disk). */
export type StorageMedium = 'ram' | 'disk';

/** Which implementation serves as the shared memory. `embedded` lives inside the harness and is labelled so. */
export type SharedMemoryKind = 'etcd' | 'embedded';

/** How clients are spread over replicas when they connect. */
export type Balance = 'round-robin' | 'random';

/** Closed loop: a client sends its next request after the answer. Open loop: requests have intended times. */
export type Load = { readonly kind: 'closed' } | { readonly kind: 'open'; readonly ratePerS: number };

export const faultKinds = ['kill-replica', 'pause-replica', 'kill-store'] as const;
export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  /** Time after the start of the measurement. */
  readonly atMs: number;
  /** `pause-replica` only: how long the replica stands still. */
  readonly durationMs?: number;
}

/** Relative weights of the operations, by name. */
export type OperationMix = Readonly<Record<string, number>>;

export interface Cell {
  readonly env: EnvironmentName;
  readonly workload: WorkloadName;
  readonly replicas: number;
  readonly clients: number;
  readonly store: StorageMedium;
  readonly sharedMemory: SharedMemoryKind;
  readonly load: Load;
  readonly balance: Balance;
  readonly mix: OperationMix;
  /** Measured requests per client. */
  readonly requests: number;
  /** Requests per client before the measurement; stored with phase "warm-up". */
  readonly warmupRequests: number;
  /** A client re-sends a request (same id) after this long without an answer. */
  readonly requestTimeoutMs: number;
  /** Limits per node; absent = unlimited. */
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly faults: readonly Fault[];
}

/** One planned run of one cell. */
export interface PlannedTrial {
  /** `t0001`, unique in the run and stable for a plan and seed. */
  readonly id: string;
  readonly cell: Cell;
  /** `cellKey(cell)`: equal for all trials of a cell, and the same text in every run of that cell. */
  readonly cellKey: string;
  /** 0-based; every cell occurs once in each block. */
  readonly block: number;
  /** Position in the executed order, 0-based. */
  readonly position: number;
  /** Seed of everything random inside the trial. */
  readonly seed: number;
}

/**
 * A canonical text of a cell: keys sorted, no spaces; equal texts mean equal cells.
 */
export function cellKey(cell: Cell): string {
  return JSON.stringify(cell, (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
