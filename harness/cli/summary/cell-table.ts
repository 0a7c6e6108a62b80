/** The table of cells: factors, throughput and latency with their intervals beneath, correctness, trials. Pure. */
import { commonFactor, factorNames, isVarying, mainFactors } from '../../../analysis/report/cell-label.ts';
import { grouped, interval, measured, noValue } from '../../../analysis/report/numbers.ts';
import { workWords } from '../../../analysis/report/work-words.ts';
import type { CellRow, TrialCounts } from '../../../analysis/report/report-model.ts';
import type { Colors } from '../colors.ts';
import { textTable, wrapped, type TextColumn } from './text-layout.ts';
import type { Estimate } from '../../../results/export/summary.ts';

const shortTitles: Readonly<Record<string, string>> = { replicas: 'repl.', 'shared memory': 'memory' };
const numeric = new Set([
  ...['replicas', 'clients', 'requests/client', 'warm-up'],
  ...['inserts/min', 'aggregation', 'string length', 'durability'],
]);

export function cellTable(cells: readonly CellRow[], columns: number, colors: Colors): string {
  const constant = constantFactors(cells);
  const common = [...constant].filter(([name]) => !mainFactors.some((main) => main === name));
  const caption = wrapped(
    `the same in all cells: ${common.map(([name, value]) => `${name} ${value}`).join('; ')}`,
    columns,
  );
  const table = textTable(
    cells,
    [...factorColumns(cells, constant), ...figureColumns(cells, colors)],
    columns,
  );
  const isShort = (name: string) => !(table.split('\n')[0] ?? '').includes(shortTitles[name] ?? name);
  const dropped = mainFactors.filter((name) => constant.has(name) && isShort(name));
  const lost = dropped.map((name) => `${name} ${constant.get(name) ?? ''}`).join('; ');
  return [
    ...(lost === '' ? [] : [wrapped(`in all cells: ${lost}`, columns)]),
    table,
    colors.dim(caption),
  ].join('\n');
}

function constantFactors(cells: readonly CellRow[]): ReadonlyMap<string, string> {
  const names = factorNames(cells).filter((name) => !isVarying(cells, name));
  return new Map(names.map((name) => [name, commonFactor(cells, name)]));
}

function factorColumns(
  cells: readonly CellRow[],
  constant: ReadonlyMap<string, string>,
): readonly TextColumn<CellRow>[] {
  const shown = factorNames(cells).filter(
    (name) => mainFactors.some((main) => main === name) || !constant.has(name),
  );
  return shown.map((name, index) => ({
    title: shortTitles[name] ?? name,
    isNumber: numeric.has(name),
    // A constant factor can be said in a line above the table; one that varies must stay.
    dropRank: constant.has(name) ? 100 - index : 0,
    cell: ({ factors }) => factors.get(name) ?? noValue,
  }));
}

function figureColumns(cells: readonly CellRow[], colors: Colors): readonly TextColumn<CellRow>[] {
  const figure = (title: string, pick: (row: CellRow) => Estimate | null, dropRank = 0) => ({
    title,
    isNumber: true,
    dropRank,
    cell: (row: CellRow) => withInterval(row.metrics === null ? null : pick(row), colors),
  });
  return [
    figure(workWords(cells).rate, (row) => row.metrics?.throughputPerS ?? null),
    figure('p50 ms', (row) => row.metrics?.latencyMs.p50 ?? null, 1),
    figure('p95 ms', (row) => row.metrics?.latencyMs.p95 ?? null, 2),
    figure('p99 ms', (row) => row.metrics?.latencyMs.p99 ?? null),
    { title: 'correct', isNumber: false, dropRank: 0, cell: ({ correct }) => correctWord(correct, colors) },
    { title: 'trials', isNumber: false, dropRank: 0, cell: ({ trials }) => trialsText(trials) },
  ];
}

function withInterval(estimate: Estimate | null, colors: Colors): string {
  if (estimate === null) return noValue;
  const range = interval(estimate.ciLow, estimate.ciHigh);
  return range === '' ? measured(estimate.mean) : `${measured(estimate.mean)}\n${colors.dim(range)}`;
}

export function correctWord(correct: boolean | null, colors: Colors): string {
  if (correct === null) return colors.yellow('unknown');
  return correct ? colors.green('yes') : colors.red('NO');
}

/** `3 of 3`, and what became of the others. */
export function trialsText({ planned, completed, failed, aborted, invalid }: TrialCounts): string {
  const rest = [
    ...(failed > 0 ? [`${grouped(failed)} failed`] : []),
    ...(aborted > 0 ? [`${grouped(aborted)} aborted`] : []),
    ...(invalid > 0 ? [`${grouped(invalid)} invalid`] : []),
  ];
  return [`${grouped(completed)} of ${grouped(planned)}`, ...rest].join('\n');
}
