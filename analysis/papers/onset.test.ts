import { describe, expect, it } from 'vitest';
import { arithmeticMean, blockRatio } from './blocks.ts';
import type { HypothesisResult } from '../verdict/hypothesis-result.ts';
import { comparePapers, paperRows } from './compare-papers.ts';
import { relation } from './comparison.ts';
import { compareOnset } from './onset-comparison.ts';
import { cellsOver, madeUpRun, onsetCell } from './run.fixture.ts';
import { sampleMetrics } from '../../results/store/records.fixture.ts';

const preset = { paper: 'onset' };
const approx = (value: number) => expect.closeTo(value, 9) as number;

describe('table 1 of onset', () => {
  // From 1 to 3 replicas half is left with 1 client and a quarter with 4: the mean over clients is 3/8, so 62.5 % are lost.
  const kept: Readonly<Record<string, number>> = { '1/1': 1, '1/4': 1, '3/1': 0.5, '3/4': 0.25 };
  const run = madeUpRun({
    cells: cellsOver(onsetCell, [1, 3], [1, 4]),
    blocks: 3,
    experiment: preset,
    metrics: ({ replicas, clients }, block) => ({
      // A drift from block to block meets both sides and must vanish.
      throughputPerS: 1000 * clients * (kept[`${replicas}/${clients}`] ?? NaN) * (1 + block),
    }),
  });
  const rows = paperRows(comparePapers(run)).filter(({ item }) => item === 'table-1');
  const row = (store: string, replicas: string) =>
    rows.find((found) => found.store === store && found.replicas === replicas);

  it('takes the mean over clients of the throughput that is left, within each block', () => {
    expect(row('ram', '1→3')).toMatchObject({
      ...{ reported: 84.7, n: 3, ratio: approx(62.5 / 84.7) },
      measured: { mean: approx(62.5), ciLow: approx(62.5), ciHigh: approx(62.5) },
      remark: 'the paper’s value lies above our interval; clients 1, 4',
    });
  });

  it('names every step of the paper that was not measured, with the reason, and gives it no figure', () => {
    expect(rows).toHaveLength(14);
    expect(row('ram', '3→5')).toMatchObject({
      ...{ measured: null, n: 0, ratio: null },
      remark: 'not measured in this run: no cell with 5 replicas, store ram',
    });
    expect(row('disk', '1→3')?.remark).toBe('not measured in this run: no cell with 1 replica, store disk');
  });

  it('leaves out a block that lacks a cell, and says so', () => {
    const lame = madeUpRun({
      cells: cellsOver(onsetCell, [1, 3], [1, 4]),
      blocks: 4,
      experiment: preset,
      metrics: ({ replicas, clients }, block) =>
        replicas === 3 && clients === 4 && block === 1 ? null : { throughputPerS: 100 / replicas },
    });
    const [first] = paperRows(comparePapers(lame));
    expect(first).toMatchObject({ n: 3, measured: { mean: approx(100 * (1 - 1 / 3)) } });
    expect(first?.remark).toContain('1 incomplete blocks left out');
  });

  it('has no interval from two blocks, and never calls that agreement', () => {
    const two = madeUpRun({
      cells: cellsOver(onsetCell, [1, 3], [1]),
      blocks: 2,
      experiment: preset,
      metrics: ({ replicas }) => ({ throughputPerS: replicas === 1 ? 100 : 15.3 }),
    });
    const [first] = paperRows(comparePapers(two));
    expect(first?.measured).toEqual({ mean: approx(84.7), ciLow: null, ciHigh: null });
    expect(first?.remark).toMatch(/^no interval/);
  });

  it('turns the ends of the interval with the sign', () => {
    const noisy = madeUpRun({
      cells: cellsOver(onsetCell, [1, 3], [1]),
      blocks: 3,
      experiment: preset,
      metrics: ({ replicas }, block) => ({
        throughputPerS: replicas === 1 ? 100 : ([12, 15, 19][block] ?? 0),
      }),
    });
    const estimate = paperRows(comparePapers(noisy))[0]?.measured;
    // Of ln 0.12, ln 0.15, ln 0.19, by scipy: 1 − exp(mean ± t(0.975, 2) · sd / √3).
    expect(estimate?.mean).toBeCloseTo(84.933627454, 8);
    expect(estimate?.ciLow).toBeCloseTo(73.335979848, 8);
    expect(estimate?.ciHigh).toBeCloseTo(91.4868208, 8);
  });
});

describe('a ratio over blocks', () => {
  it('is of nothing where no block holds both sides', () => {
    const run = madeUpRun({
      cells: cellsOver(onsetCell, [1, 3], [1]),
      blocks: 2,
      metrics: ({ replicas }, block) => ((replicas === 1) === (block === 0) ? {} : null),
    });
    const [over, under] = [1, 3].map((n) => run.trials.filter(({ cell }) => cell.replicas === n));
    expect(blockRatio([{ over: over ?? [], under: under ?? [] }], () => 1, arithmeticMean)).toBeNull();
  });

  it('takes no part of a figure that is zero', () => {
    const run = madeUpRun({ cells: [onsetCell], blocks: 2, metrics: () => ({}) });
    const pair = { over: run.trials, under: run.trials };
    expect(blockRatio([pair], ({ block }) => block, arithmeticMean)).toMatchObject({ blocks: 1 });
  });
});

describe('figures 5 and 8 of onset', () => {
  const run = madeUpRun({
    cells: cellsOver(onsetCell, [1, 3], [4, 64], ['ram', 'disk']),
    blocks: 3,
    experiment: preset,
    metrics: ({ clients, store }) => ({
      latencyMs: { ...sampleMetrics.latencyMs, mean: store === 'disk' && clients === 4 ? 30 : 20 },
    }),
  });
  const rows = paperRows(comparePapers(run));

  it('have a point for each of the paper’s, with ours where there is one', () => {
    const plot = rows.filter(({ item }) => item === 'figure-5b');
    expect(plot).toHaveLength(8 * 7);
    const at = (replicas: string, clients: number) =>
      plot.find((row) => row.replicas === replicas && row.clients === clients);
    expect(at('3', 4)?.measured?.mean).toBeCloseTo(30, 9);
    expect(at('3', 8)).toMatchObject({
      measured: null,
      remark: 'not measured in this run: no cell with 3 replicas, 8 clients, store disk',
    });
  });

  it('weigh the stores against each other where the paper says they differ, and where not', () => {
    const [few, many] = rows.filter(({ item }) => item === 'figure-5-stores');
    expect(few).toMatchObject({ measured: { mean: approx(1.5) }, remark: 'ours: RAM is faster' });
    expect(many?.measured?.mean).toBeCloseTo(1, 9);
    expect(many?.remark).toContain('no difference shown');
  });
});

describe('a run', () => {
  const metrics = () => ({});

  it('is held against the paper without the preset where it has a step of it, over etcd', () => {
    const of = (changes: Partial<typeof onsetCell>, replicas: readonly number[]) =>
      compareOnset(
        madeUpRun({ cells: cellsOver({ ...onsetCell, ...changes }, replicas, [1]), blocks: 3, metrics }),
      );
    expect(of({}, [1, 3])?.because).toBe('This run has cells like those of the paper.');
    expect(of({}, [1, 5])).toBeNull();
    expect(of({ sharedMemory: 'embedded' }, [1, 3])).toBeNull();
    expect(of({ workload: 'onset-batched' }, [1, 3])).toBeNull();
    expect(of({ load: { kind: 'open', ratePerS: 5 } }, [1, 3])).toBeNull();
  });

  it('says in what it is unlike the paper’s', () => {
    const comparison = compareOnset(
      madeUpRun({
        cells: cellsOver({ ...onsetCell, sharedMemory: 'embedded' }, [1], [1]),
        blocks: 3,
        experiment: preset,
        metrics,
      }),
    );
    const here = new Map(comparison?.conditions.map((condition) => [condition.aspect, condition]));
    expect(here.get('machines')).toMatchObject({
      paper: expect.stringContaining('4 machines') as string,
      here: expect.stringContaining('one machine') as string,
      source: 'section 4.1',
    });
    expect(here.get('shared memory')?.here).toContain('not etcd');
    expect(here.get('disk')?.here).toContain('not used');
  });

  it('has the paper’s verdicts beside its own, and says where it has none', () => {
    const made = madeUpRun({ cells: [onsetCell], blocks: 3, experiment: preset, metrics });
    const judged = (id: string, role: 'confirmatory' | 'exploratory', verdict: HypothesisResult['verdict']) =>
      ({
        hypothesis: { id, role, statement: `statement of ${id}` },
        verdict,
        because: 'so',
      }) as HypothesisResult;
    const hypotheses = [
      judged('H1-latency', 'confirmatory', 'refuted'),
      judged('H1-latency-1', 'exploratory', 'inconclusive'),
      judged('H1-latency-2', 'exploratory', 'inconclusive'),
      judged('H10', 'confirmatory', 'supported'),
    ];
    const comparison = compareOnset({ ...made, hypotheses });
    expect(comparison?.verdicts.map(({ id, paper, ours }) => [id, paper, ours])).toEqual([
      [
        ...['H1', 'refuted'],
        ['refuted: statement of H1-latency (so)', 'exploratory, cell by cell: 2 inconclusive'],
      ],
      ['H2', 'supported', []],
    ]);
  });
});

describe('our figure beside the paper’s', () => {
  it.each([
    [10, 9, 11, 'within'],
    [10, 10, 11, 'within'],
    [10, 10.1, 11, 'below'],
    [10, 8, 9.9, 'above'],
  ])('%d with an interval %d to %d: %s', (reported, ciLow, ciHigh, word) => {
    expect(relation(reported, { mean: 5, ciLow, ciHigh })).toEqual({
      ratio: 0.5,
      remark: `the paper’s value lies ${word} our interval`,
    });
  });
});
