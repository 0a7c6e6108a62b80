/**
 * Which cells a hypothesis compares. Plan and verdict both ask here, so that what was planned is what is judged. Cells
 * are paired that agree in every factor but those in which the arms name different values.
 */
import { cellKey, type Cell, type MysqlFactors } from './cell.ts';
import {
  factorNames,
  type CellSelector,
  type ComparedFactors,
  type FactorName,
  type Hypothesis,
} from './hypothesis.ts';

export interface CellPair {
  readonly treatment: Cell;
  readonly baseline: Cell;
}

export type FactorValue = ComparedFactors[FactorName];
type Arms = Pick<Hypothesis, 'claim' | 'treatment' | 'baseline'>;

/** How a baseline sends its batches is no factor of it: it sends none. */
const ofSending: ReadonlySet<string> = new Set(['aggregation', 'delivery', 'onPeerLoss']);

/** undefined where a cell does not have the factor: processes do not boot, ONSET inserts nothing. */
export function factorOf(cell: Cell, name: FactorName): FactorValue | undefined {
  if (isInserterFactor(name)) return inserterFactor(cell, name);
  // Without a limit is a value of its own, to be compared with any other.
  if (name === 'cpus' || name === 'memoryBytes') return cell[name] ?? null;
  const value = cell[name];
  return name === 'sharedMemory' && value === 'none' ? undefined : value;
}

const inserterFactors: ReadonlySet<string> = new Set<keyof MysqlFactors>([
  ...(['engine', 'insertsPerMinute', 'aggregation', 'stringLength', 'durability', 'mode'] as const),
  ...(['delivery', 'nameResolution', 'onPeerLoss'] as const),
]);

function isInserterFactor(name: FactorName): name is keyof MysqlFactors {
  return inserterFactors.has(name);
}

function inserterFactor({ mysql }: Cell, name: keyof MysqlFactors): FactorValue | undefined {
  return mysql?.mode === 'baseline' && ofSending.has(name) ? undefined : mysql?.[name];
}

export function selectedCells(selector: CellSelector, cells: readonly Cell[]): Cell[] {
  const named = namedFactors(selector);
  return cells.filter((cell) =>
    named.every((name) => {
      const value = factorOf(cell, name);
      return value !== undefined && valuesOf(selector, name).includes(value);
    }),
  );
}

/** The pairs of a claim in the order of the treatment's cells; for `steps` of one chain after the other. */
export function comparedCells(arms: Arms, cells: readonly Cell[]): CellPair[] {
  if (arms.claim === 'completes') return [];
  if (arms.claim === 'steps') return chainsOf(arms, cells).flatMap(stepsOf);
  const contrasted = contrastedFactors(arms);
  const baselines = selectedCells(arms.baseline, cells);
  return selectedCells(arms.treatment, cells).flatMap((treatment) =>
    baselines
      .filter((baseline) => isPair(treatment, baseline, contrasted))
      .map((baseline) => ({ treatment, baseline })),
  );
}

/** Cells that differ in replicas only, each chain with ascending replicas. */
export function chainsOf({ treatment }: Arms, cells: readonly Cell[]): Cell[][] {
  const chains: Cell[][] = [];
  for (const cell of selectedCells(treatment, cells)) {
    const chain = chains.find(([first]) => first !== undefined && agree(first, cell, onlyReplicas));
    if (chain === undefined) chains.push([cell]);
    else chain.push(cell);
  }
  return chains.map((chain) => chain.sort((a, b) => a.replicas - b.replicas));
}

/** Factors for which the arms name different values; of `steps` the replicas. */
export function contrastedFactors({ claim, treatment, baseline }: Arms): ReadonlySet<FactorName> {
  if (claim === 'steps') return onlyReplicas;
  const text = (selector: CellSelector, name: FactorName) =>
    JSON.stringify([...valuesOf(selector, name)].sort());
  return new Set(
    namedFactors(treatment).filter(
      (name) => baseline[name] !== undefined && text(treatment, name) !== text(baseline, name),
    ),
  );
}

export function namedFactors(selector: CellSelector): FactorName[] {
  return factorNames.filter((name) => selector[name] !== undefined);
}

export function valuesOf(selector: CellSelector, name: FactorName): readonly FactorValue[] {
  return selector[name] ?? [];
}

const onlyReplicas: ReadonlySet<FactorName> = new Set(['replicas']);

function stepsOf(chain: readonly Cell[]): CellPair[] {
  return chain.slice(1).map((treatment, index) => ({ treatment, baseline: chain[index] ?? treatment }));
}

function isPair(treatment: Cell, baseline: Cell, contrasted: ReadonlySet<FactorName>): boolean {
  return agree(treatment, baseline, contrasted) && cellKey(treatment) !== cellKey(baseline);
}

/** A factor that one of two cells does not have does not tell them apart. */
function agree(a: Cell, b: Cell, contrasted: ReadonlySet<FactorName>): boolean {
  // The copies of an A/A run are compared by its calibration, not by what is claimed of the cells.
  if (a.label !== b.label) return false;
  return factorNames
    .filter((name) => !contrasted.has(name))
    .every((name) => {
      const [ofA, ofB] = [a, b].map((cell) => matchedValue(cell, name, contrasted));
      return ofA === undefined || ofB === undefined || ofA === ofB;
    });
}

/** The clients of mysql are the loops of all instances together: with other replicas as many per instance are alike. */
function matchedValue(cell: Cell, name: FactorName, contrasted: ReadonlySet<FactorName>) {
  const isPerInstance = name === 'clients' && cell.mysql !== undefined && contrasted.has('replicas');
  return isPerInstance ? cell.clients / cell.replicas : factorOf(cell, name);
}
