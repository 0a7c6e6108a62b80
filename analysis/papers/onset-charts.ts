/** Paper onset's table and figures as charts: its own numbers hollow and dashed, ours with whiskers. Computes nothing. */
import type { PaperRow } from '../../results/export/paper-csv.ts';
import type { BoxesChart, CategoryChart, Chart, Point, TimeChart } from '../report/chart.ts';
import type { PaperTable } from './comparison.ts';
import type { OnsetDetails } from './onset-details.ts';
import { partsOfFigure6, trialOfFigure7 } from './onset-elections.ts';
import type { Sweep } from './onset-sweep.ts';

/** @param suffix - makes ids unique where a run has several sweeps */
export function onsetCharts(
  sweep: Sweep,
  tables: readonly PaperTable[],
  details: OnsetDetails,
  suffix: string,
): readonly Chart[] {
  const named = tables.filter(({ rows }) => rows.some((row) => row.measured !== null));
  return [
    ...named.filter(({ item }) => item.startsWith('table-1')).map((table) => stepChart(table, suffix)),
    ...named.filter(({ layout }) => layout === 'grid').map((table) => gridChart(table, suffix)),
    ...boxCharts(sweep, details, suffix),
    ...scatterChart(sweep, details, suffix),
  ];
}

function stepChart({ item, title, rows }: PaperTable, suffix: string): CategoryChart {
  const steps = unique(rows.map(({ replicas }) => replicas ?? ''));
  const at = (row: PaperRow) => steps.indexOf(row.replicas ?? '');
  const series = unique(rows.map(({ store }) => store ?? '')).flatMap((store) => {
    const own = rows.filter((row) => row.store === store);
    return [
      { name: `paper, ${store}`, isQuoted: true, points: own.flatMap((row) => quoted(row, at(row))) },
      { name: `measured, ${store}`, points: own.flatMap((row) => ours(row, at(row))) },
    ];
  });
  return {
    ...{ kind: 'lines', id: `paper-onset-${item}${suffix}`, title, xTitle: 'step of replicas' },
    caption: 'Of each step: what the paper reports (hollow) and what was measured. Whiskers: 95 % interval.',
    ...{ yTitle: 'reduction of throughput, %', xLabels: steps, logarithmic: false, series },
  };
}

function quoted({ reported, source }: PaperRow, x: number): Point[] {
  return reported === null ? [] : [{ x, y: reported, low: null, high: null, note: `paper, ${source}` }];
}

function ours({ measured, setting, remark }: PaperRow, x: number): Point[] {
  if (measured === null) return [];
  const { mean, ciLow, ciHigh } = measured;
  return [{ x, y: mean, low: ciLow, high: ciHigh, note: `${setting}; ${remark}` }];
}

/** Clients across, a line for each number of replicas, as in figures 5 and 8. */
function gridChart({ item, title, rows }: PaperTable, suffix: string): CategoryChart {
  const known = rows.filter((row) => row.measured !== null);
  const clients = unique(known.map((row) => String(row.clients)));
  const replicas = unique(known.map((row) => row.replicas ?? ''));
  const [first] = known;
  return {
    ...{ kind: 'lines', id: `paper-onset-${item}${suffix}`, title, xTitle: 'clients', xLabels: clients },
    caption: 'The paper shows such a plot without numbers in its text. Whiskers: 95 % interval over trials.',
    yTitle: `${first?.quantity ?? ''}, ${first?.unit ?? ''}`,
    logarithmic: false,
    series: replicas.map((count) => ({
      name: `${count} ${count === '1' ? 'replica' : 'replicas'}`,
      points: known
        .filter((row) => row.replicas === count)
        .flatMap((row) => ours(row, clients.indexOf(String(row.clients)))),
    })),
  };
}

function boxCharts(sweep: Sweep, { boxes }: OnsetDetails, suffix: string): readonly BoxesChart[] {
  return partsOfFigure6.map(({ item, name, replicas, clients }) => ({
    ...{ kind: 'boxes', id: `paper-onset-${item}${suffix}`, xTitle: '', yTitle: 'latency, ms' },
    title: `${name}: latency, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'}, ${clients} clients: ${sweep.label}`,
    caption:
      'All trials together, a description and no test: quartiles, extremes and mean. Requests of the first election are left out, as in the paper.',
    ...{ xLabels: ['RAM', 'disk'], logarithmic: false },
    series: [
      {
        name: 'latency',
        boxes: (['ram', 'disk'] as const).flatMap((store, x) => {
          const trial = sweep.trials.find(
            ({ cell }) => cell.replicas === replicas && cell.clients === clients && cell.store === store,
          );
          const box = trial === undefined ? undefined : boxes.get(trial.cellKey);
          return box === undefined ? [] : [{ x, ...box }];
        }),
      },
    ],
  }));
}

function scatterChart(
  sweep: Sweep,
  { scatters, byTrial }: OnsetDetails,
  suffix: string,
): readonly TimeChart[] {
  const trial = trialOfFigure7(sweep);
  const points = trial === null ? undefined : scatters.get(trial.trialId);
  if (trial === null || points === undefined) return [];
  const outliers = byTrial.get(trial.trialId)?.outliers;
  return [
    {
      ...{ kind: 'scatter', id: `paper-onset-figure-7${suffix}`, logarithmic: true },
      title: `Figure 7: latency of each request, 3 replicas, 4 clients, disk: ${sweep.label}`,
      caption: `Trial ${trial.trialId}. The first request of each client waits for the election: ${outliers ?? 'unknown'} such requests here, 4 in the paper.`,
      ...{ xTitle: 'sent, ms since the start', yTitle: 'latency, ms' },
      series: [{ name: 'request', points }],
      marks: trial.annotations.map(({ atNs, kind, text }) => ({ x: atNs / 1e6, kind, text })),
      spans: [],
      facts: [
        ['requests', String(points.length)],
        ['waited for the election', String(outliers ?? 'unknown')],
      ],
    },
  ];
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
