/** How cells become the lines of a chart. Computes no figure. */
import { factorNames, isVarying } from './cell-label.ts';
import { mostInLegend, type Point } from './chart.ts';
import type { CellRow } from './report-model.ts';
import type { Estimate } from '../../results/export/summary.ts';

export interface Group {
  readonly name: string;
  readonly members: readonly CellRow[];
}

/** Cells that agree in every factor but those on the axis; named by the factors that tell the groups apart. */
export function grouped(cells: readonly CellRow[], axis: readonly string[]): readonly Group[] {
  const varying = factorNames(cells).filter((name) => !axis.includes(name) && isVarying(cells, name));
  const groups = new Map<string, CellRow[]>();
  for (const cell of cells) {
    const texts = varying.map((factor) => factorText(factor, cell.factors.get(factor)));
    const name = texts.filter((text) => text !== null).join(', ');
    groups.set(name, [...(groups.get(name) ?? []), cell]);
  }
  return [...groups].map(([name, members]) => ({ name: name === '' ? 'all cells' : name, members }));
}

/**
 * Cells of one chart each, split by as few factors as it takes until the lines of every chart can be told apart: those
 * with the fewest values first. Named by what they are split by; `all cells` where nothing is split.
 */
export function panelled(cells: readonly CellRow[], axis: readonly string[]): readonly Group[] {
  const varying = factorNames(cells).filter((name) => !axis.includes(name) && isVarying(cells, name));
  const valuesOf = (name: string) => new Set(cells.map(({ factors }) => factors.get(name))).size;
  const candidates = varying.toSorted((a, b) => valuesOf(a) - valuesOf(b));
  let panels = grouped(cells, [...axis, ...varying]);
  for (let split = 1; split <= candidates.length; split += 1) {
    if (panels.every(({ members }) => grouped(members, axis).length <= mostInLegend)) break;
    panels = grouped(cells, [...axis, ...candidates.slice(split)]);
  }
  return panels;
}

/** Factors whose values need no word beside them. */
const namesItself: ReadonlySet<string> = new Set(['env', 'workload', 'load', 'mode', 'engine', 'delivery']);

/** `3 replicas`, `docker`, `store disk`: names a factor only where its value alone would be unclear. */
function factorText(factor: string, value: string | undefined): string | null {
  if (value === undefined) return null;
  if (factor === 'replicas' || factor === 'clients')
    return `${value} ${value === '1' ? factor.slice(0, -1) : factor}`;
  if (factor === 'inserts/min') return `${value} ${factor}`;
  if (namesItself.has(factor)) return value;
  if (factor === 'boot') return `${value} boot`;
  return factor === 'shared memory' ? `${value} store` : `${factor} ${value}`;
}

/** `docker`, `vm, warm boot`: a cell by these of its factors. */
export function namedBy(factors: readonly string[], cell: CellRow): string {
  return factors.flatMap((factor) => factorText(factor, cell.factors.get(factor)) ?? []).join(', ');
}

export function points(
  cells: readonly CellRow[],
  at: (cell: CellRow) => number,
  pick: (cell: CellRow) => Estimate | null,
): readonly Point[] {
  return cells
    .flatMap((cell) => {
      const estimate = pick(cell);
      if (estimate === null) return [];
      const { mean, ciLow, ciHigh } = estimate;
      return [{ x: at(cell), y: mean, low: ciLow, high: ciHigh, note: cell.label }];
    })
    .sort((a, b) => a.x - b.x);
}

export function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
