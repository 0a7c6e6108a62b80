/** Table 1 of paper onset: by how much throughput falls, in the mean over clients, when replicas grow by a step. */
import type { StorageMedium } from '../../harness/foundation/cell.ts';
import type { Estimate } from '../../results/export/summary.ts';
import type { PaperRow } from '../../results/export/paper-csv.ts';
import { arithmeticMean, blockRatio, type FigureOf } from './blocks.ts';
import { relation, type PaperTable } from './comparison.ts';
import { absence, ascending, trialsAt, type Sweep } from './onset-sweep.ts';
import { figuresOf, type Paper, type PaperFigure } from './paper.ts';

const method =
  'Within each block the throughput with more replicas is divided by that with fewer, for each number of clients; the mean over clients (as the paper takes it) leaves one figure a block; shown is 100 × (1 − geometric mean over blocks) with its 95 % interval (t on the logarithms).';

export interface Throughput {
  readonly item: string;
  readonly title: string;
  readonly quantity: string;
  readonly remark: string;
  readonly figureOf: FigureOf;
}

/** From the first request on, as the paper took the duration of a scenario. */
export const wholeThroughput: Throughput = {
  item: 'table-1',
  title: 'Table 1: mean reduction of throughput when replicas grow',
  quantity: 'reduction of throughput',
  remark: '',
  figureOf: ({ metrics }) => metrics?.throughputPerS ?? null,
};

export function onsetTable1(paper: Paper, sweep: Sweep, throughput: Throughput): PaperTable {
  const steps = figuresOf(paper, 'throughput-reduction');
  return {
    item: throughput.item,
    title: `${throughput.title}: ${sweep.label}`,
    source: 'section 4.2, table 1',
    findings: [],
    method: `${method}${throughput.remark}`,
    layout: 'list',
    rows: steps.map((step) => rowOf(paper, sweep, throughput, step)),
  };
}

function rowOf(paper: Paper, sweep: Sweep, throughput: Throughput, step: PaperFigure): PaperRow {
  const { store, from, to } = factorsOf(step);
  const measured = reduction(sweep, throughput.figureOf, store, from, to);
  const base = {
    ...{ paper: paper.name, item: throughput.item, setting: sweep.label, store },
    ...{ replicas: `${from}→${to}`, clients: null, insertsPerMinute: null },
    ...{ quantity: throughput.quantity, unit: '%', reported: step.value, source: step.source },
  };
  if (typeof measured === 'string') return { ...base, measured: null, n: 0, ratio: null, remark: measured };
  const { estimate, blocks, incomplete, clients } = measured;
  const { ratio, remark } = relation(step.value, estimate);
  const left = incomplete === 0 ? '' : `; ${incomplete} incomplete blocks left out`;
  const over = `clients ${clients.join(', ')}`;
  return { ...base, measured: estimate, n: blocks, ratio, remark: `${remark}; ${over}${left}` };
}

function factorsOf({ factors }: PaperFigure): { store: StorageMedium; from: number; to: number } {
  const store = factors['store'] === 'disk' ? 'disk' : 'ram';
  return { store, from: Number(factors['from']), to: Number(factors['to']) };
}

/** The reduction in per cent, or why there is none. */
function reduction(sweep: Sweep, figureOf: FigureOf, store: StorageMedium, from: number, to: number) {
  for (const replicas of [from, to]) {
    if (!sweep.trials.some(({ cell }) => cell.replicas === replicas && cell.store === store))
      return absence(sweep, { replicas, store });
  }
  const clients = ascending(sweep.trials.map(({ cell }) => cell.clients)).filter((count) =>
    [from, to].every((replicas) => trialsAt(sweep, { replicas, clients: count, store }).length > 0),
  );
  const pairs = clients.map((count) => ({
    over: trialsAt(sweep, { replicas: to, clients: count, store }),
    under: trialsAt(sweep, { replicas: from, clients: count, store }),
  }));
  const kept = blockRatio(pairs, figureOf, arithmeticMean);
  if (kept === null) return 'not measured in this run: no block holds both sides for every number of clients';
  return { ...kept, estimate: lost(kept.estimate), clients };
}

/** What is lost, in per cent, where `kept` remains: the ends change places. */
function lost({ mean, ciLow, ciHigh }: Estimate): Estimate {
  const percent = (ratio: number | null) => (ratio === null ? null : 100 * (1 - ratio));
  return { mean: 100 * (1 - mean), ciLow: percent(ciHigh), ciHigh: percent(ciLow) };
}
