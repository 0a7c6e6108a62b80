/** Figures 3 to 8 of paper containers-vs-vms: plots without numbers in its text, so ours stand alone in their shape. */
import type { EnvironmentName, MysqlFactors } from '../../harness/foundation/cell.ts';
import type { PaperRow } from '../../results/export/paper-csv.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { meanWithInterval } from '../cell-summary.ts';
import { insertRate } from '../report/mysql-factors.ts';
import { blockRatio, geometricMean, type FigureOf } from './blocks.ts';
import { notMeasured, type PaperTable, type RunToCompare } from './comparison.ts';
import { ascending } from './onset-sweep.ts';
import { findingsOf, type Paper } from './paper.ts';

interface Plot {
  readonly item: string;
  readonly title: string;
  readonly topics: readonly string[];
  readonly env: EnvironmentName;
  readonly mode: MysqlFactors['mode'];
}

const plots: readonly Plot[] = [
  {
    ...{ item: 'figure-3-5', topics: ['figure-3', 'figure-5'], env: 'docker-vm', mode: 'replicated' },
    title: 'Figures 3 and 5: containers in one virtual machine, cycle time',
  },
  {
    ...{ item: 'figure-4-6', topics: ['figure-4', 'figure-6'], env: 'vm', mode: 'replicated' },
    title: 'Figures 4 and 6: virtual machines, cycle time',
  },
  {
    ...{ item: 'figure-3-5-native', topics: [], env: 'docker', mode: 'replicated' },
    title: 'Added: containers on the host, cycle time',
  },
  {
    ...{ item: 'figure-7', topics: ['figure-7'], env: 'docker-vm', mode: 'baseline' },
    title: 'Figure 7: containers in one virtual machine, cycle time without remote inserts',
  },
  {
    ...{ item: 'figure-8', topics: ['figure-8'], env: 'vm', mode: 'baseline' },
    title: 'Figure 8: virtual machines, cycle time without remote inserts',
  },
  {
    ...{ item: 'figure-7-native', topics: [], env: 'docker', mode: 'baseline' },
    title: 'Added: containers on the host, cycle time without remote inserts',
  },
];

const cycleTime: FigureOf = ({ metrics }) => metrics?.latencyMs.mean ?? null;

export function inserterPlots(paper: Paper, run: RunToCompare): readonly PaperTable[] {
  const mysql = run.plan.flatMap(({ cell }) => (cell.mysql === undefined ? [] : [cell]));
  const instances = ascending(mysql.map(({ replicas }) => replicas));
  const rates = [...new Set(mysql.map((cell) => cell.mysql?.insertsPerMinute ?? 0))].sort(byRate);
  return plots.map((plot) => {
    const { item, title, topics, env, mode } = plot;
    const trials = run.trials.filter(({ cell }) => cell.env === env && cell.mysql?.mode === mode);
    const source =
      topics.length === 0 ? 'not in the paper' : `section 4, ${topics.join(', ').replaceAll('-', ' ')}`;
    return {
      ...{ item, title, source, layout: 'grid' },
      findings: topics.flatMap((topic) => findingsOf(paper, topic).map(({ finding }) => finding)),
      method:
        'Geometric mean over trials of each trial’s mean cycle time, in ms: of a local insert and, when a batch is full, its delivery.',
      rows: instances.flatMap((replicas) =>
        rates.map((rate) => pointRow(paper.name, plot, source, trials, replicas, rate)),
      ),
    };
  });
}

/** As fast as possible (0) is the highest rate. */
function byRate(a: number, b: number): number {
  return (a === 0 ? Infinity : a) < (b === 0 ? Infinity : b) ? -1 : 1;
}

function pointRow(
  paper: string,
  { item, env, mode }: Plot,
  source: string,
  trials: readonly TrialRecord[],
  replicas: number,
  rate: number,
): PaperRow {
  const values = trials
    .filter(({ cell }) => cell.replicas === replicas && cell.mysql?.insertsPerMinute === rate)
    .flatMap((trial) => cycleTime(trial) ?? []);
  return {
    ...{ paper, item, setting: mode === 'baseline' ? `${env}, baseline` : env, store: null },
    ...{ replicas: String(replicas), clients: null, insertsPerMinute: insertRate(rate) },
    ...{ quantity: 'mean cycle time', unit: 'ms', reported: null, source, ratio: null, n: values.length },
    measured: values.length === 0 ? null : meanWithInterval(values),
    remark:
      values.length === 0
        ? `${notMeasured}: no valid trial in ${env} at this point`
        : 'the paper gives no number',
  };
}

/** What the paper is after: machines against containers, and here also containers in a machine against native ones. */
export function machineCost(paper: Paper, run: RunToCompare): PaperTable {
  const pairs: readonly (readonly [EnvironmentName, EnvironmentName])[] = [
    ['vm', 'docker-vm'],
    ['vm', 'docker'],
    ['docker-vm', 'docker'],
  ];
  return {
    ...{ item: 'places', title: 'Cycle time of one place relative to another', layout: 'list' },
    source: 'section 4, figures 3 to 8',
    findings: [],
    method:
      'Within each block the mean cycle time in one place is divided by that in the other for the same instances, rate and settings; geometric mean over those, then over blocks. Above 1: the first is slower.',
    rows: pairs.flatMap(([over, under]) =>
      (['replicated', 'baseline'] as const).map((mode) => placeRow(paper, run, over, under, mode)),
    ),
  };
}

function placeRow(
  paper: Paper,
  run: RunToCompare,
  over: EnvironmentName,
  under: EnvironmentName,
  mode: MysqlFactors['mode'],
): PaperRow {
  const inMode = run.trials.filter(({ cell }) => cell.mysql?.mode === mode);
  const keys = [...new Set(inMode.map(settingOf))];
  const at = (env: EnvironmentName, key: string) =>
    inMode.filter((trial) => trial.cell.env === env && settingOf(trial) === key);
  const pairs = keys.map((key) => ({ over: at(over, key), under: at(under, key) }));
  const ratio = blockRatio(pairs, cycleTime, geometricMean);
  return {
    ...{ paper: paper.name, item: 'places', setting: mode, store: null, replicas: null, clients: null },
    ...{ insertsPerMinute: null, quantity: `mean cycle time, ${mode}`, unit: `${over} / ${under}` },
    ...{ reported: null, source: 'section 4, figures 3 to 8', ratio: null, n: ratio?.blocks ?? 0 },
    measured: ratio?.estimate ?? null,
    remark:
      ratio === null
        ? `${notMeasured}: no block with both ${over} and ${under}`
        : 'the paper gives no number',
  };
}

/** All of a cell but where it ran; machines that were woken and booted stand for themselves. */
function settingOf({ cell }: TrialRecord): string {
  const { replicas, clients, cpus, memoryBytes, mysql } = cell;
  return JSON.stringify([replicas, clients, cpus, memoryBytes, mysql]);
}
