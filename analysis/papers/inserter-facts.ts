/** What paper containers-vs-vms says with numbers: how soon a container and a machine boot, and how long peers connect. */
import type { EnvironmentName } from '../../harness/foundation/cell.ts';
import type { PaperRow } from '../../results/export/paper-csv.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { meanWithInterval } from '../cell-summary.ts';
import { notMeasured, relation, type PaperTable, type RunToCompare } from './comparison.ts';
import { figureOf as reportedFigure, findingsOf, type Paper, type PaperFigure } from './paper.ts';

interface Fact {
  readonly item: string;
  readonly setting: string;
  readonly quantity: string;
  readonly reported: PaperFigure | null;
  readonly values: readonly number[];
  /** What is unlike the paper's figure. */
  readonly remark: string;
}

export function inserterFacts(paper: Paper, { trials }: RunToCompare): readonly PaperTable[] {
  return [
    {
      ...{ item: 'boot', title: 'Figure 2: how soon they are there', layout: 'list', findings: [] },
      source: 'section 2.3, figure 2',
      method:
        'Geometric mean over trials. Machines: the slowest of a trial, from the start of its node until its services are ready. Containers: how long the environment took for all of a trial, its network included.',
      rows: bootFacts(paper, trials).map((fact) => rowOf(paper, fact)),
    },
    {
      ...{ item: 'sync', title: 'The sync phase: connecting to all peers', layout: 'list' },
      source: 'section 6',
      findings: findingsOf(paper, 'sync').map(({ finding }) => finding),
      method: 'Geometric mean over trials of the slowest instance’s time to connect to all others.',
      rows: syncFacts(paper, trials).map((fact) => rowOf(paper, fact)),
    },
  ];
}

function bootFacts(paper: Paper, trials: readonly TrialRecord[]): readonly Fact[] {
  const ofContainers = trials.filter(({ cell }) => cell.env === 'docker');
  const fewest = Math.min(...ofContainers.map(({ cell }) => cell.replicas));
  return [
    {
      ...{
        item: 'boot',
        setting: 'docker',
        quantity: `boot of ${Number.isFinite(fewest) ? fewest : 1} containers`,
      },
      reported: reportedFigure(paper, 'boot', { kind: 'container' }),
      values: ofContainers
        .filter(({ cell }) => cell.replicas === fewest)
        .flatMap(({ phasesMs }) => phasesMs.provision ?? []),
      remark: 'the paper’s is of one container alone',
    },
    ...(['cold', 'warm'] as const).map((boot): Fact => ({
      ...{ item: 'boot', setting: `vm, ${boot} boot`, quantity: `boot of a machine, ${boot}` },
      reported: boot === 'cold' ? reportedFigure(paper, 'boot', { kind: 'vm' }) : null,
      values: trials
        .filter(({ cell }) => cell.env === 'vm' && cell.boot === boot)
        .flatMap(({ boots }) => slowestReadyMs(boots)),
      remark: boot === 'cold' ? '' : 'woken from a prepared machine, which the paper does not do',
    })),
  ];
}

function slowestReadyMs(boots: TrialRecord['boots']): number[] {
  const ready = boots.flatMap(({ timeline }) => timeline.filter(({ name }) => name === 'ready'));
  return ready.length === 0 ? [] : [Math.max(...ready.map(({ atMs }) => atMs))];
}

function syncFacts(paper: Paper, trials: readonly TrialRecord[]): readonly Fact[] {
  const places: readonly EnvironmentName[] = ['vm', 'docker-vm', 'docker'];
  return places.flatMap((env) =>
    [true, false].flatMap((isResolving): Fact[] => {
      const values = trials
        .filter(({ cell }) => cell.env === env && cell.mysql?.nameResolution === isResolving)
        .filter(({ cell }) => cell.replicas > 1)
        .flatMap(({ verification }) => positive(verification?.facts['connectMs']));
      const isReported = env === 'vm' && isResolving;
      if (values.length === 0 && !isReported) return [];
      const resolution = `name resolution ${isResolving ? 'on' : 'off'}`;
      return [
        {
          ...{ item: 'sync', setting: `${env}, ${resolution}`, quantity: 'connecting', values, remark: '' },
          reported: isReported
            ? reportedFigure(paper, 'sync-connect', { kind: 'vm', nameResolution: 'on' })
            : null,
        },
      ];
    }),
  );
}

function positive(value: unknown): number[] {
  return typeof value === 'number' && value > 0 ? [value] : [];
}

function rowOf(paper: Paper, { item, setting, quantity, reported, values, remark }: Fact): PaperRow {
  const base = {
    ...{ paper: paper.name, item, setting, store: null, replicas: null, clients: null },
    ...{ insertsPerMinute: null, quantity: `${setting}: ${quantity}`, unit: 'ms' },
    ...{
      reported: reported?.value ?? null,
      source: reported?.source ?? 'not in the paper',
      n: values.length,
    },
  };
  if (values.length === 0) {
    const words = [`${notMeasured}: no valid trial of ${setting}`, ...(remark === '' ? [] : [remark])];
    return { ...base, measured: null, ratio: null, remark: words.join('; ') };
  }
  const measured = meanWithInterval(values);
  const found = relation(reported?.value ?? null, measured);
  const notes = [reported?.note, remark].filter((text) => text !== undefined && text !== '');
  return { ...base, measured, ratio: found.ratio, remark: [found.remark, ...notes].join('; ') };
}
