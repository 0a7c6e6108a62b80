/** An experiment after defaults: every factor a list, every quantity in its base unit, every value with its origin. */
import type {
  Balance,
  Cell,
  EnvironmentName,
  Fault,
  Load,
  OperationMix,
  SharedMemoryKind,
  StorageMedium,
  WorkloadName,
} from '../foundation/cell.ts';
import type { ExperimentKey } from './flags.ts';
import type { Origin } from './layer.ts';
import type { PaperName, ProfileName } from './names.ts';
import type { Threshold } from './thresholds.ts';

export interface Experiment {
  readonly name: string;
  // Factors: the cells are their product.
  readonly env: readonly EnvironmentName[];
  readonly workload: readonly WorkloadName[];
  /** Ascending. */
  readonly replicas: readonly number[];
  /** Ascending. */
  readonly clients: readonly number[];
  readonly store: readonly StorageMedium[];
  // Common to all cells.
  readonly sharedMemory: SharedMemoryKind;
  readonly load: Load;
  readonly balance: Balance;
  readonly mix: OperationMix;
  /** Measured requests per client. */
  readonly requests: number;
  readonly warmupRequests: number;
  readonly requestTimeoutMs: number;
  readonly limits: NodeLimits;
  /** In order of time. */
  readonly faults: readonly Fault[];
  // About the run.
  /** Per cell. */
  readonly trials: number;
  readonly seed: number;
  readonly thresholds: readonly Threshold[];
  /** Further attempts at a failed trial. */
  readonly retries: number;
  readonly profile: ProfileName | null;
  readonly paper: PaperName | null;
  /** Where each value came from. Not part of the plan's hash: the same plan may be asked for in several ways. */
  readonly origins: Readonly<Partial<Record<ExperimentKey, Origin>>>;
}

/** Absent = unlimited. */
export interface NodeLimits {
  readonly cpus?: number;
  readonly memoryBytes?: number;
}

export function cellCount(experiment: Experiment): number {
  const { env, workload, replicas, clients, store } = experiment;
  return [env, workload, replicas, clients, store].reduce((product, factor) => product * factor.length, 1);
}

/** Nodes of one trial: the replicas, and the store unless it lives inside the harness. */
export function nodeCount(cell: Pick<Cell, 'replicas' | 'sharedMemory'>): number {
  return cell.replicas + (cell.sharedMemory === 'etcd' ? 1 : 0);
}

/** Place of a key's value, for an error about it. */
export function placeOf(experiment: Experiment, key: ExperimentKey): string {
  return experiment.origins[key]?.place ?? key;
}
