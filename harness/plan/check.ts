/**
 * What makes a plan impossible, or odd, on this machine and with these workloads, found before anything starts.
 * Impossible is an error with every problem in it; odd is a note that goes on into the summary.
 */
import type { CellProblem } from '../../workloads/workload.ts';
import type { Cell } from '../foundation/cell.ts';
import type { Plan } from './expand.ts';
import { nodeCount, placeOf, type Experiment } from './experiment.ts';
import { faultNotes, faultProblems, type PlanNote } from './fault-check.ts';
import { flagOf, isExperimentKey } from './flags.ts';
import { planCodes, throwIfAny, type Problem } from './problems.ts';
import { formatBytes } from './quantities.ts';

export interface Machine {
  readonly memoryBytes: number;
  readonly cpuCount: number;
}

/**
 * @param workloadCheck the `check` of the cell's workload
 * @returns notes; empty when there is nothing odd
 * @throws StrataError STRATA-E222…E225 with every problem
 */
export function checkPlan(
  plan: Plan,
  machine: Machine,
  workloadCheck: (cell: Cell) => readonly CellProblem[],
): PlanNote[] {
  const { experiment, cells } = plan;
  throwIfAny([
    ...refusedCells(experiment, cells, workloadCheck),
    ...memoryProblems(experiment, cells, machine),
    ...cpuProblems(experiment, cells, machine),
    ...faultProblems(experiment),
  ]);
  return faultNotes(experiment);
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

function memoryProblems(experiment: Experiment, cells: readonly Cell[], machine: Machine): Problem[] {
  const neededBytesOf = (cell: Cell) => nodeCount(cell) * (cell.memoryBytes ?? 0);
  const [cell] = [...cells].sort((a, b) => neededBytesOf(b) - neededBytesOf(a));
  if (cell?.memoryBytes === undefined || neededBytesOf(cell) <= machine.memoryBytes) return [];
  const each = formatBytes(cell.memoryBytes);
  const store = cell.sharedMemory === 'etcd' ? ' + 1 store' : '';
  const [needed, has] = [formatBytes(neededBytesOf(cell)), formatBytes(machine.memoryBytes)];
  const most = formatBytes(Math.floor(machine.memoryBytes / nodeCount(cell) / 2 ** 20) * 2 ** 20);
  return [
    {
      code: planCodes.tooMuchMemory,
      place: placeOf(experiment, 'limits'),
      message: `limits.memory: ${cell.replicas} replicas${store} at ${each} each need ${needed}; this machine has ${has}`,
      fix: `Allowed for ${cell.replicas} replicas here: at most ${most} a node; or fewer replicas.`,
    },
  ];
}

function cpuProblems(experiment: Experiment, cells: readonly Cell[], machine: Machine): Problem[] {
  const { cpus } = experiment.limits;
  if (cpus === undefined || cpus <= machine.cpuCount || cells.every((cell) => cell.cpus === undefined))
    return [];
  return [
    {
      code: planCodes.tooManyCpus,
      place: placeOf(experiment, 'limits'),
      message: `limits.cpus: ${cpus} for one node; this machine has ${machine.cpuCount}`,
      fix: `Allowed: at most ${machine.cpuCount}.`,
    },
  ];
}
