/** The trials of workload onset in the axes of the paper: replicas, clients, store. One sweep for all else alike. */
import { cellKey, type Cell, type PlannedTrial, type StorageMedium } from '../../harness/foundation/cell.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { bytes } from '../report/numbers.ts';
import { notMeasured } from './comparison.ts';

export interface Sweep {
  /** `docker`; with whatever else is unlike the paper's experiment. */
  readonly label: string;
  /** A cell of it: all but replicas, clients and store holds for all. */
  readonly example: Cell;
  readonly cells: readonly Cell[];
  readonly trials: readonly TrialRecord[];
}

export interface Point {
  readonly replicas: number;
  readonly clients: number;
  readonly store: StorageMedium;
}

/** In the order of the plan's first cells. */
export function sweepsOf(plan: readonly PlannedTrial[], trials: readonly TrialRecord[]): readonly Sweep[] {
  const sweeps = new Map<string, { readonly cells: Map<string, Cell>; readonly trials: TrialRecord[] }>();
  for (const { cell } of plan) {
    if (cell.workload === 'mysql') continue;
    const sweep = sweeps.get(restOf(cell)) ?? { cells: new Map<string, Cell>(), trials: [] };
    sweep.cells.set(cellKey(cell), cell);
    sweeps.set(restOf(cell), sweep);
  }
  for (const trial of trials) sweeps.get(restOf(trial.cell))?.trials.push(trial);
  return [...sweeps.values()].flatMap(({ cells, trials: own }) => {
    const [example] = cells.values();
    return example === undefined
      ? []
      : [{ label: labelOf(example), example, cells: [...cells.values()], trials: own }];
  });
}

function restOf(cell: Cell): string {
  return cellKey({ ...cell, replicas: 1, clients: 1, store: 'ram' });
}

function labelOf(cell: Cell): string {
  return [
    cell.env,
    ...(cell.workload === 'onset' ? [] : [cell.workload]),
    ...(cell.sharedMemory === 'etcd' ? [] : [`${cell.sharedMemory} store`]),
    ...(cell.label === undefined ? [] : [`copy ${cell.label}`]),
    ...(cell.boot === undefined ? [] : [`${cell.boot} boot`]),
    ...(cell.cpus === undefined ? [] : [`${cell.cpus} CPUs/node`]),
    ...(cell.memoryBytes === undefined ? [] : [`${bytes(cell.memoryBytes)}/node`]),
    ...(cell.load.kind === 'closed' ? [] : [`open loop, ${cell.load.ratePerS}/s`]),
    ...(cell.faults.length === 0 ? [] : ['with faults']),
  ].join(', ');
}

export function trialsAt({ trials }: Sweep, at: Point): readonly TrialRecord[] {
  return trials.filter(({ cell }) => isAt(cell, at));
}

/** Why there is no figure at a point: never planned, or nothing fit for a verdict came of it. */
export function absence({ cells }: Sweep, at: Partial<Point>): string {
  const words = [
    ...(at.replicas === undefined ? [] : [`${at.replicas} ${at.replicas === 1 ? 'replica' : 'replicas'}`]),
    ...(at.clients === undefined ? [] : [`${at.clients} ${at.clients === 1 ? 'client' : 'clients'}`]),
    ...(at.store === undefined ? [] : [`store ${at.store}`]),
  ].join(', ');
  return cells.some((cell) => isAt(cell, at))
    ? `${notMeasured}: no valid trial with ${words}`
    : `${notMeasured}: no cell with ${words}`;
}

function isAt(cell: Cell, { replicas, clients, store }: Partial<Point>): boolean {
  return (
    (replicas === undefined || cell.replicas === replicas) &&
    (clients === undefined || cell.clients === clients) &&
    (store === undefined || cell.store === store)
  );
}

export function storesOf({ cells }: Sweep): readonly StorageMedium[] {
  return (['ram', 'disk'] as const).filter((store) => cells.some((cell) => cell.store === store));
}

export function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
