/** An experiment after defaults: every factor a list, every quantity in its base unit, every value with its origin. */
import type {
  Balance,
  BootMode,
  Cell,
  EnvironmentName,
  Fault,
  Load,
  OperationMix,
  SharedMemoryKind,
  StorageMedium,
  WorkloadName,
} from '../foundation/cell.ts';
import { copyLabels } from '../foundation/cell.ts';
import type { StoppingRule } from '../foundation/stopping.ts';
import type { ExperimentKey } from './flags.ts';
import type { DeclaredHypothesis } from './hypotheses/declared.ts';
import type { Origin } from './layer.ts';
import { inserterCount, loopsOf, type MysqlSweep } from './mysql-cells.ts';
import { hasMachines, type PaperName, type ProfileName } from './names.ts';
import type { Threshold } from './thresholds.ts';

export interface Experiment {
  readonly name: string;
  // Factors: the cells are their product.
  readonly env: readonly EnvironmentName[];
  /** How machines come up; a factor of environments with machines only. */
  readonly boot: readonly BootMode[];
  readonly workload: readonly WorkloadName[];
  /** Ascending. */
  readonly replicas: readonly number[];
  /** Ascending. */
  readonly clients: readonly number[];
  readonly store: readonly StorageMedium[];
  /** Unlimited first, then rising. */
  readonly limits: readonly NodeLimits[];
  /** Factors of workload mysql only. */
  readonly mysql: MysqlSweep;
  /** Every cell twice, under two labels that change nothing. */
  readonly aa: boolean;
  // Common to all cells; those of workload mysql have no shared memory, load, balance, mix or time-out of these.
  readonly sharedMemory: SharedMemoryKind;
  readonly load: Load;
  readonly balance: Balance;
  readonly mix: OperationMix;
  /** Measured requests per client. */
  readonly requests: number;
  readonly warmupRequests: number;
  readonly requestTimeoutMs: number;
  /** In order of time. */
  readonly faults: readonly Fault[];
  // About the run.
  /** Per cell; under a stopping rule the most there may be. */
  readonly trials: number;
  /** What ends the run before that; null when nothing does. */
  readonly stopping: StoppingRule | null;
  readonly seed: number;
  readonly thresholds: readonly Threshold[];
  /** What is claimed of the cells; see {@link Plan} for what of it the cells can answer. */
  readonly hypotheses: readonly DeclaredHypothesis[];
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
  const { env, boot, workload, store, limits } = experiment;
  const machines = env.filter(hasMachines).length;
  const places = env.length - machines + machines * boot.length;
  const asked = workload.reduce((sum, name) => sum + askedCount(experiment, name), 0);
  return places * asked * store.length * limits.length * copiesOf(experiment).length;
}

/** What tells the copies of a cell apart: nothing, unless it is there twice. */
export function copiesOf({ aa }: Pick<Experiment, 'aa'>): readonly Pick<Cell, 'label'>[] {
  return aa ? copyLabels.map((label) => ({ label })) : [{}];
}

/** Cells of one workload in one place. */
function askedCount({ replicas, clients, mysql }: Experiment, workload: WorkloadName): number {
  if (workload !== 'mysql') return replicas.length * clients.length;
  const sizes = replicas.reduce((sum, instances) => sum + loopsOf(mysql, clients, instances).length, 0);
  return sizes * inserterCount(mysql);
}

/** Nodes of one trial: the replicas, and the store unless it lives inside the harness. */
export function nodeCount(cell: Pick<Cell, 'replicas' | 'sharedMemory'>): number {
  return cell.replicas + (cell.sharedMemory === 'etcd' ? 1 : 0);
}

/** Place of a key's value, for an error about it. */
export function placeOf(experiment: Experiment, key: ExperimentKey): string {
  return experiment.origins[key]?.place ?? key;
}
