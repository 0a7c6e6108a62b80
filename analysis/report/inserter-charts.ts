/**
 * The charts of workload mysql, which are the figures of paper `containers-vs-vms`: cycle time by inserts per minute
 * (3, 4, and 7, 8 of the baseline) and by instances (5, 6). One for each environment and mode, as in the paper: in
 * one chart the lines could not be told apart.
 */
import { isVarying } from './cell-label.ts';
import type { CategoryChart } from './chart.ts';
import { ascending, grouped, points } from './chart-series.ts';
import { insertRate } from './mysql-factors.ts';
import type { CellRow, ReportModel } from './report-model.ts';
import { isInserting } from './work-words.ts';

export function inserterCharts(model: ReportModel): readonly CategoryChart[] {
  const cells = model.cells.filter(isInserting);
  if (cells.length === 0) return [];
  const panels = panelsOf(cells);
  const figures = [
    ...panels.flatMap((panel) => (isVarying(panel.cells, 'inserts/min') ? [byInserts(panel)] : [])),
    ...panels.flatMap((panel) => (isVarying(panel.cells, 'replicas') ? [byInstances(panel)] : [])),
  ];
  const isByLoops = isVarying(cells, 'clients') && !hasLoopsPerInstance(cells);
  return figures.length === 0 || isByLoops ? [...figures, throughputByLoops(cells)] : figures;
}

interface Panel {
  /** `vm, baseline`; empty when there is only one. */
  readonly name: string;
  readonly cells: readonly CellRow[];
}

function panelsOf(cells: readonly CellRow[]): readonly Panel[] {
  const varying = ['env', 'mode'].filter((name) => isVarying(cells, name));
  const panels = new Map<string, CellRow[]>();
  for (const cell of cells) {
    const name = varying.map((factor) => cell.factors.get(factor) ?? '').join(', ');
    panels.set(name, [...(panels.get(name) ?? []), cell]);
  }
  return [...panels].map(([name, members]) => ({ name, cells: members }));
}

/** Whether loops grow with instances: then both are one factor, and a line over instances goes through them. */
function hasLoopsPerInstance(cells: readonly CellRow[]): boolean {
  return new Set(cells.map(({ clients, replicas }) => clients / replicas)).size === 1;
}

function byInserts({ name, cells }: Panel): CategoryChart {
  const rates = ascending(cells.map(rankOf));
  const axis = ['inserts/min', ...(hasLoopsPerInstance(cells) ? ['clients'] : [])];
  return {
    kind: 'lines',
    id: chartId('cycle-time-by-inserts', name),
    title: `Mean cycle time by inserts per minute${named(name)}`,
    caption:
      'Lower is better. Of each instance; max is as fast as possible. A cycle is a local insert and, when a batch is full, its delivery. Whiskers: 95 % interval over trials.',
    xTitle: 'inserts per minute',
    yTitle: 'milliseconds',
    xLabels: rates.map((rate) => insertRate(rate === Infinity ? 0 : rate)),
    logarithmic: false,
    series: seriesOf(cells, axis, (cell) => rates.indexOf(rankOf(cell))),
  };
}

function byInstances({ name, cells }: Panel): CategoryChart {
  const sizes = ascending(cells.map(({ replicas }) => replicas));
  const axis = ['replicas', ...(hasLoopsPerInstance(cells) ? ['clients'] : [])];
  return {
    kind: 'lines',
    id: chartId('cycle-time-by-instances', name),
    title: `Mean cycle time by instances${named(name)}`,
    caption: 'Lower is better. Each line is one rate of inserts. Whiskers: 95 % interval over trials.',
    xTitle: 'instances',
    yTitle: 'milliseconds',
    xLabels: sizes.map(String),
    logarithmic: false,
    series: seriesOf(cells, axis, ({ replicas }) => sizes.indexOf(replicas)),
  };
}

function throughputByLoops(cells: readonly CellRow[]): CategoryChart {
  const loops = ascending(cells.map(({ clients }) => clients));
  return {
    kind: 'lines',
    id: 'inserts-by-loops',
    title: 'Inserts per second by insert loops',
    caption:
      'Higher is better; of all instances together. Where a line stops rising, more loops only wait longer. Whiskers: 95 % interval over trials.',
    xTitle: 'insert loops',
    yTitle: 'inserts per second',
    xLabels: loops.map(String),
    logarithmic: false,
    series: grouped(cells, ['clients']).map(({ name, members }) => ({
      name,
      points: points(
        members,
        ({ clients }) => loops.indexOf(clients),
        ({ metrics }) => metrics?.throughputPerS ?? null,
      ),
    })),
  };
}

function seriesOf(
  cells: readonly CellRow[],
  axis: readonly string[],
  at: (cell: CellRow) => number,
): CategoryChart['series'] {
  return grouped(cells, axis).map(({ name, members }) => ({
    name,
    points: points(members, at, ({ metrics }) => metrics?.latencyMs.mean ?? null),
  }));
}

/** As fast as possible stands at the end of an axis of rates. */
function rankOf({ insertsPerMinute = 0 }: CellRow): number {
  return insertsPerMinute === 0 ? Infinity : insertsPerMinute;
}

function named(panel: string): string {
  return panel === '' ? '' : `: ${panel}`;
}

function chartId(kind: string, panel: string): string {
  return panel === '' ? kind : `${kind}-${panel.replaceAll(', ', '-')}`;
}
