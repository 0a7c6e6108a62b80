/** The charts of workloads that answer requests: what clients get, and what replicas cost. Computes no figure. */
import type { CategoryChart } from './chart.ts';
import { ascending, grouped, panelled, points, type Group } from './chart-series.ts';
import type { CellRow, ReportModel } from './report-model.ts';
import { isInserting } from './work-words.ts';

export function askingCharts({ cells }: ReportModel): readonly CategoryChart[] {
  const asking = cells.filter((cell) => !isInserting(cell));
  return [
    ...inPanels(asking, 'clients', throughputByClients),
    ...inPanels(asking, 'replicas', latencyByReplicas),
  ];
}

function inPanels(
  cells: readonly CellRow[],
  axis: string,
  chartOf: (cells: readonly CellRow[]) => CategoryChart,
): readonly CategoryChart[] {
  const panels = panelled(cells, [axis]);
  if (panels.length === 1) return [chartOf(cells)];
  return panels.map(({ name, members }: Group, index) => {
    const chart = chartOf(members);
    return { ...chart, id: `${chart.id}-${index + 1}`, variant: { of: chart.id, choice: name } };
  });
}

function throughputByClients(cells: readonly CellRow[]): CategoryChart {
  const clients = ascending(cells.map((cell) => cell.clients));
  return {
    kind: 'lines',
    id: 'throughput-by-clients',
    title: 'Throughput by clients',
    caption:
      'Higher is better. Where a line stops rising, more clients only wait longer. Whiskers: 95 % interval over trials.',
    xTitle: 'clients',
    yTitle: 'requests per second',
    xLabels: clients.map(String),
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

function latencyByReplicas(cells: readonly CellRow[]): CategoryChart {
  const replicas = ascending(cells.map((cell) => cell.replicas));
  return {
    kind: 'lines',
    id: 'latency-by-replicas',
    title: 'Mean latency by replicas',
    caption: 'Lower is better. Each line is one number of clients. Whiskers: 95 % interval over trials.',
    xTitle: 'replicas',
    yTitle: 'milliseconds',
    xLabels: replicas.map(String),
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
