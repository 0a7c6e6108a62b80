/**
 * The words of an experiment that every room uses: a cell is one combination of factors, a trial is one run of one
 * cell in fresh nodes.
 */

export const environmentNames = ['process', 'docker', 'docker-vm', 'vm'] as const;
export type EnvironmentName = (typeof environmentNames)[number];

export const workloadNames = ['onset', 'onset-batched', 'mysql'] as const;
export type WorkloadName = (typeof workloadNames)[number];

/** Where the shared store keeps its data (paper `onset`, section 4: RAM disk against hard disk). */
export type StorageMedium = 'ram' | 'disk';

/** How a virtual machine comes up: woken from a prepared one, or booted from nothing. */
export const bootModes = ['warm', 'cold'] as const;
export type BootMode = (typeof bootModes)[number];

/** The two copies of a cell in an A/A run. */
export const copyLabels = ['a', 'b'] as const;
export type CopyLabel = (typeof copyLabels)[number];

/** Which implementation serves as the shared memory. `embedded` lives inside the harness and is labelled so. */
export type SharedMemoryKind = 'etcd' | 'embedded' | 'none';

/** What the replicated inserter does (paper `containers-vs-vms`, section 3.1). */
export interface MysqlFactors {
  /** `mariadb` is in the image; `mysql` (8 or newer) must be installed on the nodes. */
  readonly engine: 'mariadb' | 'mysql';
  /** D: inserts per minute per instance, over all its loops; 0 = as fast as possible (closed loop). */
  readonly insertsPerMinute: number;
  /** AG: local inserts of a loop after which they are sent to each of the others as one multi-row insert. */
  readonly aggregation: number;
  /** Letters of the random string. */
  readonly stringLength: number;
  /** `innodb_flush_log_at_trx_commit`. */
  readonly durability: 0 | 1 | 2;
  /** `baseline` leaves out the remote inserts. */
  readonly mode: 'replicated' | 'baseline';
  /** Whether the batch goes to the others one after the other (as in the paper) or at once. */
  readonly delivery: 'sequential' | 'parallel';
  /** Whether the servers resolve the names of their clients backwards: the paper lost five minutes to it. */
  readonly nameResolution: boolean;
  /** What a loop does when another instance's database cannot be reached. */
  readonly onPeerLoss: 'fail' | 'retry' | 'drop-and-report';
}

/** How clients are spread over replicas when they connect. */
export type Balance = 'round-robin' | 'random';

/** Closed loop: a client sends its next request after the answer. Open loop: requests have intended times. */
export type Load = { readonly kind: 'closed' } | { readonly kind: 'open'; readonly ratePerS: number };

export const faultKinds = ['kill-replica', 'pause-replica', 'kill-store', 'kill-database'] as const;
export interface Fault {
  readonly kind: (typeof faultKinds)[number];
  /** Time after the start of the measurement. */
  readonly atMs: number;
  /**
   * `pause-replica`: how long the replica stands still. `kill-database`: after how long its server is started again on
   * its files; absent = never. The others have none: they end for good.
   */
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
  /** Present for environments with machines only. */
  readonly boot?: BootMode;
  /** Present in A/A runs only: which of two copies of the same cell; changes nothing. */
  readonly label?: CopyLabel;
  /** Of workload `mysql` only. There `replicas` is N, `clients` the insert loops of all instances together. */
  readonly mysql?: MysqlFactors;
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
