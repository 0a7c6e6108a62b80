/**
 * What makes a plan impossible, or odd, on this machine and with these workloads, found before anything starts.
 * Impossible is an error with every problem in it; odd is a note that goes on into the summary.
 */
import type { CellProblem } from '../../workloads/workload.ts';
import type { Cell } from '../foundation/cell.ts';
import type { Plan } from './expand.ts';
import { nodeCount, placeOf, type Experiment, type NodeLimits } from './experiment.ts';
import { faultNotes, faultProblems, type PlanNote } from './fault-check.ts';
import { flagOf, isExperimentKey } from './flags.ts';
import { hypothesisNotes, hypothesisProblems } from './hypotheses/fit.ts';
import { limitSource, type LimitSource } from './limit-source.ts';
import { contentionNotes, machineProblems } from './machine-check.ts';
import { mysqlNotes } from './mysql-rules.ts';
import { hasMachines } from './names.ts';
import { planCodes, throwIfAny, type Problem } from './problems.ts';
import { formatBytes } from './quantities.ts';

export interface Machine {
  readonly memoryBytes: number;
  readonly cpuCount: number;
}

/**
 * @param workloadCheck the `check` of the cell's workload
 * @returns notes; empty when there is nothing odd
 * @throws StrataError STRATA-E205, E222…E227 with every problem
 */
export function checkPlan(
  plan: Plan,
  machine: Machine,
  workloadCheck: (cell: Cell) => readonly CellProblem[],
): PlanNote[] {
  const { experiment, cells } = plan;
  const plain = cells.filter(({ env }) => !hasMachines(env));
  throwIfAny([
    ...refusedCells(experiment, cells, workloadCheck),
    ...experiment.limits.flatMap((limits, index) => [
      ...memoryProblems(plain, limits, limitSource(experiment, index, 'memory'), machine),
      ...cpuProblems(limits, limitSource(experiment, index, 'cpus'), machine),
    ]),
    ...machineProblems(experiment, cells, machine),
    ...faultProblems(experiment, cells),
    ...hypothesisProblems(experiment, cells),
  ]);
  return [
    ...contentionNotes(cells, machine.cpuCount),
    ...mysqlNotes(cells),
    ...faultNotes(experiment, cells),
    ...hypothesisNotes(experiment, cells),
  ];
}

/** Many cells share one wrong factor: it is said once. */
function refusedCells(
  experiment: Experiment,
  cells: readonly Cell[],
  workloadCheck: (cell: Cell) => readonly CellProblem[],
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const cell of cells) {
    for (const { key, given, allowed } of workloadCheck(cell)) {
      const place = isExperimentKey(key) ? placeOf(experiment, key) : key;
      const message = `${key}: ${given} is not allowed with workload ${cell.workload}`;
      const fix = `Allowed: ${allowed}.${hintFor(key)}`;
      problems.set(`${key} ${given} ${cell.workload}`, { code: planCodes.cellRefused, place, message, fix });
    }
  }
  return [...problems.values()];
}

function hintFor(key: string): string {
  return isExperimentKey(key) ? ` Example: ${flagOf(key).example}` : '';
}

/** The largest cell decides: where it fits, all do. */
function memoryProblems(
  cells: readonly Cell[],
  { memoryBytes }: NodeLimits,
  { place, subject }: LimitSource,
  machine: Machine,
): Problem[] {
  const [cell] = [...cells].sort((a, b) => nodeCount(b) - nodeCount(a));
  if (memoryBytes === undefined || cell === undefined) return [];
  const neededBytes = nodeCount(cell) * memoryBytes;
  if (neededBytes <= machine.memoryBytes) return [];
  const store = cell.sharedMemory === 'etcd' ? ' + 1 store' : '';
  const [needed, has] = [formatBytes(neededBytes), formatBytes(machine.memoryBytes)];
  const most = formatBytes(Math.floor(machine.memoryBytes / nodeCount(cell) / 2 ** 20) * 2 ** 20);
  return [
    {
      code: planCodes.tooMuchMemory,
      place,
      message: `${subject}: ${cell.replicas} replicas${store} at ${formatBytes(memoryBytes)} each need ${needed}; this machine has ${has}`,
      fix: `Allowed for ${cell.replicas} replicas here: at most ${most} a node; or fewer replicas.`,
    },
  ];
}

function cpuProblems({ cpus }: NodeLimits, { place, subject }: LimitSource, machine: Machine): Problem[] {
  if (cpus === undefined || cpus <= machine.cpuCount) return [];
  return [
    {
      code: planCodes.tooManyCpus,
      place,
      message: `${subject}: ${cpus} for one node; this machine has ${machine.cpuCount}`,
      fix: `Allowed: at most ${machine.cpuCount}.`,
    },
  ];
}
