/** The same cells in several environments, and what each costs against the zero line. Computes no figure. */
import type { CategoryChart, Point } from './chart.ts';
import { ascending, grouped, namedBy, points, type Group } from './chart-series.ts';
import type { CellRow, ReportModel } from './report-model.ts';
import { workWords } from './work-words.ts';

/** Bars need room for their names; beyond this the ratios become lines. */
const mostGroups = 16;
const place = ['env', 'boot'];

export function comparisonCharts({ cells, slowdowns }: ReportModel): readonly CategoryChart[] {
  const groups = grouped(cells, place).filter(({ members }) => environmentsOf(members).length > 1);
  if (groups.length === 0) return [];
  const ratios = new Map(slowdowns.map((slowdown) => [slowdown.cellKey, slowdown]));
  const ratioOf = ({ key }: CellRow) => ratios.get(key)?.ratio ?? null;
  const baseline = slowdowns[0]?.baselineEnv ?? '';
  const compared = groups.flatMap(({ members }) => members).filter(({ key }) => ratios.has(key));
  const words = workWords(compared);
  const slower = {
    title: `Slowdown against ${baseline}`,
    caption: `Mean ${words.time} divided by that of ${baseline} in the same cell: above the line is slower. Ratio scale. Whiskers: 95 % interval of the ratio, without correction for many comparisons.`,
    yTitle: `× ${baseline}`,
    logarithmic: true,
    reference: { y: 1, label: `${baseline} = 1` },
  };
  if (groups.length > mostGroups) return [{ ...slower, ...slowdownByClients(compared, ratioOf) }];
  const xLabels = groups.map(({ name }) => name);
  return [
    {
      kind: 'bars',
      id: 'environments',
      title: 'Environments side by side',
      caption: 'Higher is better. Whiskers: 95 % interval over trials.',
      xTitle: '',
      yTitle: workWords(cells).ratePerSecond,
      logarithmic: false,
      xLabels,
      series: byPlace(groups, ({ metrics }) => metrics?.throughputPerS ?? null),
    },
    { ...slower, kind: 'bars', id: 'slowdown', xTitle: '', xLabels, series: byPlace(groups, ratioOf) },
  ];
}

function slowdownByClients(cells: readonly CellRow[], ratioOf: Parameters<typeof points>[2]) {
  const clients = ascending(cells.map((cell) => cell.clients));
  return {
    kind: 'lines' as const,
    id: 'slowdown',
    xTitle: 'clients',
    xLabels: clients.map(String),
    series: grouped(cells, ['clients']).map(({ name, members }) => ({
      name,
      points: points(members, (cell) => clients.indexOf(cell.clients), ratioOf),
    })),
  };
}

/** One series for each environment, over the groups of cells that differ in nothing else. */
function byPlace(groups: readonly Group[], pick: Parameters<typeof points>[2]): CategoryChart['series'] {
  const series = new Map<string, Point[]>();
  groups.forEach(({ members }, x) => {
    for (const cell of members) {
      const name = namedBy(place, cell);
      series.set(name, [...(series.get(name) ?? []), ...points([cell], () => x, pick)]);
    }
  });
  return [...series].map(([name, of]) => ({ name, points: of })).filter(({ points: of }) => of.length > 0);
}

function environmentsOf(cells: readonly CellRow[]): readonly string[] {
  return [...new Set(cells.flatMap(({ factors }) => factors.get('env') ?? []))];
}
