/**
 * Which charts a run gets, and with which points. Arranges the model's figures into series; computes none. The page
 * turns a {@link Chart} into pixels (`page-script.ts`); the same numbers stand in the table beside it.
 */
import type { CellRow, ReportModel, TrialRow } from './report-model.ts';
import type { Estimate } from '../../results/export/summary.ts';

export interface Chart {
  readonly id: string;
  readonly title: string;
  /** What to look for, in one sentence. */
  readonly caption: string;
  readonly xTitle: string;
  readonly yTitle: string;
  /** `category`: x are the positions in `xLabels`. */
  readonly xLabels: readonly string[];
  readonly lines: boolean;
  /** A ratio scale, where cells differ by orders of magnitude and the question is whether each is level. */
  readonly logarithmic: boolean;
  readonly series: readonly Series[];
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface Point {
  /** Index into `xLabels`. */
  readonly x: number;
  readonly y: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Shown on hover. */
  readonly note: string;
}

export function chartsOf(model: ReportModel): readonly Chart[] {
  return [throughputByClients(model.cells), latencyByReplicas(model.cells), byTrial(model.trials)].filter(
    ({ series }) => series.some(({ points }) => points.length > 0),
  );
}

function throughputByClients(cells: readonly CellRow[]): Chart {
  const clients = ascending(cells.map((cell) => cell.clients));
  return {
    id: 'throughput-by-clients',
    title: 'Throughput by clients',
    caption:
      'Higher is better. Where a line stops rising, more clients only wait longer. Whiskers: 95 % interval over trials.',
    xTitle: 'clients',
    yTitle: 'requests per second',
    xLabels: clients.map(String),
    lines: true,
    logarithmic: false,
    series: grouped(cells, ['clients']).map(({ name, members }) => ({
      name,
      points: points(
        members,
        (cell) => clients.indexOf(cell.clients),
        (cell) => cell.metrics?.throughputPerS ?? null,
      ),
    })),
  };
}

function latencyByReplicas(cells: readonly CellRow[]): Chart {
  const replicas = ascending(cells.map((cell) => cell.replicas));
  return {
    id: 'latency-by-replicas',
    title: 'Mean latency by replicas',
    caption: 'Lower is better. Each line is one number of clients. Whiskers: 95 % interval over trials.',
    xTitle: 'replicas',
    yTitle: 'milliseconds',
    xLabels: replicas.map(String),
    lines: true,
    logarithmic: false,
    series: grouped(cells, ['replicas']).map(({ name, members }) => ({
      name,
      points: points(
        members,
        (cell) => replicas.indexOf(cell.replicas),
        (cell) => cell.metrics?.latencyMs.mean ?? null,
      ),
    })),
  };
}

function byTrial(trials: readonly TrialRow[]): Chart {
  const labels = [...new Set(trials.map(({ cellLabel }) => cellLabel))];
  const series = labels.map((label) => ({
    name: label,
    points: trials.flatMap(({ cellLabel, throughputPerS, trialId, invalid }, x) =>
      cellLabel === label && throughputPerS !== null
        ? [
            {
              x,
              y: throughputPerS,
              low: null,
              high: null,
              note: `${trialId}${invalid.length > 0 ? ' (invalid)' : ''}, ${cellLabel}`,
            },
          ]
        : [],
    ),
  }));
  return {
    id: 'trials',
    title: 'Every trial in the order it was run',
    caption:
      'Points of one cell should scatter about a level line; a drift or a jump means that the machine changed. Failed trials have no point. Ratio scale; pointing at a point names its cell.',
    xTitle: 'trial',
    yTitle: 'requests per second',
    xLabels: trials.map(({ trialId }) => trialId),
    lines: false,
    logarithmic: true,
    series,
  };
}

interface Group {
  readonly name: string;
  readonly members: readonly CellRow[];
}

/** Cells that agree in every factor but those on the axis; named by the factors that tell the groups apart. */
function grouped(cells: readonly CellRow[], axis: readonly string[]): readonly Group[] {
  const names = [...(cells[0]?.factors.keys() ?? [])].filter((name) => !axis.includes(name));
  const varying = names.filter((name) => new Set(cells.map(({ factors }) => factors.get(name))).size > 1);
  const groups = new Map<string, CellRow[]>();
  for (const cell of cells) {
    const name = varying.map((factor) => factorText(factor, cell.factors.get(factor) ?? '')).join(', ');
    groups.set(name, [...(groups.get(name) ?? []), cell]);
  }
  return [...groups].map(([name, members]) => ({ name: name === '' ? 'all cells' : name, members }));
}

/** `3 replicas`, `docker`, `store disk`: names a factor only where its value alone would be unclear. */
function factorText(factor: string, value: string): string {
  if (factor === 'replicas' || factor === 'clients')
    return `${value} ${value === '1' ? factor.slice(0, -1) : factor}`;
  if (factor === 'env' || factor === 'workload' || factor === 'load') return value;
  return factor === 'shared memory' ? `${value} store` : `${factor} ${value}`;
}

function points(
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

function ascending(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
