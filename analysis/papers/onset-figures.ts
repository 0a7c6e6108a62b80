/** Figures 5 and 8 of paper onset: plots without numbers in its text; our numbers at its points, and its findings. */
import type { StorageMedium } from '../../harness/foundation/cell.ts';
import type { PaperRow } from '../../results/export/paper-csv.ts';
import { meanWithInterval } from '../cell-summary.ts';
import { blockRatio, geometricMean, type FigureOf } from './blocks.ts';
import type { PaperTable } from './comparison.ts';
import { absence, trialsAt, type Point, type Sweep } from './onset-sweep.ts';
import { figureOf, findingsOf, type Paper } from './paper.ts';

const replicasOfPaper = [1, 3, 5, 7, 9, 11, 13, 15];
const clientsOfPaper = [1, 2, 4, 8, 16, 32, 64];

interface Plot {
  readonly item: string;
  readonly title: string;
  readonly topic: string;
  readonly store: StorageMedium;
  readonly quantity: string;
  readonly unit: string;
  readonly figureOf: FigureOf;
}

const latency = {
  topic: 'figure-5',
  quantity: 'mean latency',
  unit: 'ms',
  figureOf: (({ metrics }) => metrics?.latencyMs.mean ?? null) satisfies FigureOf,
};
const throughput = {
  topic: 'figure-8',
  quantity: 'throughput',
  unit: '1/s',
  figureOf: (({ metrics }) => metrics?.throughputPerS ?? null) satisfies FigureOf,
};

const plots: readonly Plot[] = [
  { item: 'figure-5a', title: 'Figure 5a: mean latency, store in RAM', store: 'ram', ...latency },
  { item: 'figure-5b', title: 'Figure 5b: mean latency, store on disk', store: 'disk', ...latency },
  { item: 'figure-8-ram', title: 'Figure 8: throughput, store in RAM', store: 'ram', ...throughput },
  { item: 'figure-8-disk', title: 'Figure 8: throughput, store on disk', store: 'disk', ...throughput },
];

export function onsetPlots(paper: Paper, sweep: Sweep): readonly PaperTable[] {
  return plots.map((plot) => ({
    item: plot.item,
    title: `${plot.title}: ${sweep.label}`,
    source: `section 4.2, ${plot.topic.replace('-', ' ')}`,
    findings: findingsOf(paper, plot.topic).map(({ finding }) => finding),
    method: `Geometric mean over trials of each trial’s ${plot.quantity}, the election of its first requests included, in ${plot.unit}. The paper shows a plot; its text gives no numbers.`,
    layout: 'grid',
    rows: replicasOfPaper.flatMap((replicas) =>
      clientsOfPaper.map((clients) => pointRow(paper, sweep, plot, { replicas, clients, store: plot.store })),
    ),
  }));
}

function pointRow(paper: Paper, sweep: Sweep, plot: Plot, at: Point): PaperRow {
  const values = trialsAt(sweep, at).flatMap((trial) => plot.figureOf(trial) ?? []);
  return {
    ...{ paper: paper.name, item: plot.item, setting: sweep.label, store: at.store },
    ...{ replicas: String(at.replicas), clients: at.clients, insertsPerMinute: null },
    ...{ quantity: plot.quantity, unit: plot.unit, reported: null, ratio: null },
    source: `section 4.2, ${plot.topic.replace('-', ' ')}`,
    measured: values.length === 0 ? null : meanWithInterval(values),
    n: values.length,
    remark: values.length === 0 ? absence(sweep, at) : 'the paper gives no number',
  };
}

/** What the paper reads from figure 5: RAM is better with few clients, and hardly with many. */
export function storeAdvantage(paper: Paper, sweep: Sweep): PaperTable {
  const few = figureOf(paper, 'largest-clients-with-ram-clearly-better')?.value ?? 0;
  const many = figureOf(paper, 'smallest-clients-with-stores-alike')?.value ?? Infinity;
  return {
    item: 'figure-5-stores',
    title: `Figure 5a against 5b: latency on disk relative to RAM: ${sweep.label}`,
    source: 'section 4.2, figure 5',
    findings: findingsOf(paper, 'figure-5').map(({ finding }) => finding),
    method:
      'Within each block the mean latency on disk is divided by that in RAM for the same replicas and clients; geometric mean over those, then over blocks. Above 1: RAM is faster.',
    layout: 'list',
    rows: [
      advantageRow(paper, sweep, `up to ${few}`, (clients) => clients <= few),
      advantageRow(paper, sweep, `${many} and more`, (clients) => clients >= many),
    ],
  };
}

function advantageRow(
  paper: Paper,
  sweep: Sweep,
  clients: string,
  isMeant: (clients: number) => boolean,
): PaperRow {
  const pairs = sweep.cells
    .filter((cell) => cell.store === 'disk' && isMeant(cell.clients))
    .map((cell) => ({
      over: trialsAt(sweep, cell),
      under: trialsAt(sweep, { replicas: cell.replicas, clients: cell.clients, store: 'ram' }),
    }));
  const ratio = blockRatio(pairs, latency.figureOf, geometricMean);
  return {
    ...{ paper: paper.name, item: 'figure-5-stores', setting: sweep.label, store: 'disk / ram' },
    ...{ replicas: null, clients: null, insertsPerMinute: null },
    ...{ quantity: `mean latency, ${clients} clients`, unit: 'disk / ram', reported: null, ratio: null },
    source: 'section 4.2, figure 5',
    measured: ratio?.estimate ?? null,
    n: ratio?.blocks ?? 0,
    remark:
      ratio === null
        ? `not measured in this run: no block with both stores and ${clients} clients`
        : direction(ratio.estimate.ciLow, ratio.estimate.ciHigh),
  };
}

/** @param low - of the ratio disk / RAM of latencies */
export function direction(low: number | null, high: number | null): string {
  if (low === null || high === null) return 'no interval: it takes three blocks';
  if (low > 1) return 'ours: RAM is faster';
  return high < 1 ? 'ours: disk is faster' : 'ours: no difference shown, the interval includes 1';
}
