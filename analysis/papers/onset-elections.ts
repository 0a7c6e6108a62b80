/**
 * What the first election does to paper onset's figures: figures 6 and 7, and table 1 without it. With 50 requests a
 * client and a leader timer of 1 s a short trial is mostly election.
 */
import type { TrialRecord } from '../../results/store/records.ts';
import type { PaperRow } from '../../results/export/paper-csv.ts';
import { blockRatio, geometricMean } from './blocks.ts';
import { notMeasured, type PaperTable } from './comparison.ts';
import type { OnsetDetails } from './onset-details.ts';
import { direction } from './onset-figures.ts';
import { absence, ascending, trialsAt, type Point, type Sweep } from './onset-sweep.ts';
import type { Throughput } from './onset-table-1.ts';
import { findingsOf, type Paper } from './paper.ts';

export function throughputAfterElection({ byTrial }: OnsetDetails): Throughput {
  return {
    item: 'table-1-after-election',
    title: 'Table 1 again, without the first election',
    quantity: 'reduction of throughput after the election',
    remark:
      ' Throughput here is of the requests sent after the first leader was elected, over the time since then.',
    figureOf: ({ trialId }) => byTrial.get(trialId)?.throughputPerS ?? null,
  };
}

export const partsOfFigure6 = [
  { item: 'figure-6a', name: 'Figure 6a', replicas: 1, clients: 64 },
  { item: 'figure-6b', name: 'Figure 6b', replicas: 15, clients: 32 },
] as const;

/** The means of the box plots, and which store is faster. */
export function figure6(paper: Paper, sweep: Sweep, details: OnsetDetails): PaperTable {
  return {
    item: 'figure-6',
    title: `Figure 6: latency with 1 replica and 64 clients (a), 15 replicas and 32 clients (b): ${sweep.label}`,
    source: 'section 4.2, figure 6',
    findings: findingsOf(paper, 'figure-6').map(({ finding }) => finding),
    method:
      'Within each block the mean latency on disk is divided by that in RAM, requests of the first election left out as in the paper; geometric mean over blocks. Above 1: RAM is faster.',
    layout: 'list',
    rows: partsOfFigure6.map((part): PaperRow => {
      const at = (store: Point['store']) => ({ replicas: part.replicas, clients: part.clients, store });
      const pair = { over: trialsAt(sweep, at('disk')), under: trialsAt(sweep, at('ram')) };
      const ratio = blockRatio(
        [pair],
        ({ trialId }) => details.byTrial.get(trialId)?.meanMs ?? null,
        geometricMean,
      );
      const missing = (['ram', 'disk'] as const).find((store) => trialsAt(sweep, at(store)).length === 0);
      return {
        ...{ paper: paper.name, item: part.item, setting: sweep.label, store: 'disk / ram' },
        ...{ replicas: String(part.replicas), clients: part.clients, insertsPerMinute: null },
        ...{ quantity: 'mean latency', unit: 'disk / ram', reported: null, ratio: null },
        source: `section 4.2, ${part.name.toLowerCase()}`,
        measured: ratio?.estimate ?? null,
        n: ratio?.blocks ?? 0,
        remark:
          ratio !== null
            ? direction(ratio.estimate.ciLow, ratio.estimate.ciHigh)
            : missing === undefined
              ? `${notMeasured}: no block with the samples of both stores`
              : absence(sweep, at(missing)),
      };
    }),
  };
}

/** As many outliers as clients, says the paper; here they are counted. */
export function figure7(paper: Paper, sweep: Sweep, details: OnsetDetails): PaperTable {
  const clients = ascending([4, ...sweep.trials.map(({ cell }) => cell.clients)]);
  return {
    item: 'figure-7',
    title: `Figure 7: requests that waited for the election, 3 replicas, disk: ${sweep.label}`,
    source: 'section 4.2, figure 7',
    findings: findingsOf(paper, 'figure-7').map(({ finding }) => finding),
    method:
      'Requests sent before and answered after the first leader was elected, counted in each trial; mean over trials, with the least and the most in the remark. The paper: as many as clients.',
    layout: 'list',
    rows: clients.map((count) => outlierRow(paper, sweep, details, count)),
  };
}

function outlierRow(paper: Paper, sweep: Sweep, details: OnsetDetails, clients: number): PaperRow {
  const at = { replicas: 3, clients, store: 'disk' } as const;
  const counts = trialsAt(sweep, at).flatMap(({ trialId }) => details.byTrial.get(trialId)?.outliers ?? []);
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return {
    ...{ paper: paper.name, item: 'figure-7', setting: sweep.label, store: 'disk', replicas: '3', clients },
    ...{ insertsPerMinute: null, quantity: 'outliers of the election', unit: '', reported: clients },
    source: 'section 4.2, figure 7',
    measured: counts.length === 0 ? null : { mean, ciLow: null, ciHigh: null },
    n: counts.length,
    ratio: counts.length === 0 ? null : mean / clients,
    remark: counts.length === 0 ? missingCounts(sweep, at) : countWords(counts, clients),
  };
}

function missingCounts(sweep: Sweep, at: Point): string {
  return trialsAt(sweep, at).length === 0
    ? absence(sweep, at)
    : `${notMeasured}: no samples or no election in these trials`;
}

function countWords(counts: readonly number[], clients: number): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (least === clients && most === clients) return 'as many as clients in every trial, as in the paper';
  return `${least} to ${most} in a trial, where the paper has ${clients}`;
}

/** The trial whose points stand for figure 7: the first of the paper’s 4 clients. */
export function trialOfFigure7(sweep: Sweep): TrialRecord | null {
  return trialsAt(sweep, { replicas: 3, clients: 4, store: 'disk' })[0] ?? null;
}
