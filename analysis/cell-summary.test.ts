import { describe, expect, it } from 'vitest';
import { plannedTrial, sampleCell, sampleMetrics, trialRecord } from '../results/store/records.fixture.ts';
import type { TrialRecord } from '../results/store/records.ts';
import { meanWithInterval, summarizeCells } from './cell-summary.ts';

const other = { ...sampleCell, replicas: 5 };
const plan = [plannedTrial(0), plannedTrial(1, other), plannedTrial(2), plannedTrial(3, other)];
const at = (index: number, changes: Partial<TrialRecord> = {}) =>
  trialRecord(plan[index] ?? plannedTrial(index), changes);
const withThroughput = (throughputPerS: number) => ({ metrics: { ...sampleMetrics, throughputPerS } });
const verified = (correct: boolean | null) => ({
  verification: { correct, statement: '', problems: [], facts: {} },
});

describe('the summary of a cell', () => {
  it('gives the geometric mean over trials with the t-interval of its logarithm', () => {
    // exp of mean ± t(0.975, 2) · sd / √3 of the logarithms, with t(0.975, 2) = 4.302652729911275.
    expect(meanWithInterval([90, 100, 110])).toEqual({
      mean: expect.closeTo(99.6655493413, 9) as number,
      ciLow: expect.closeTo(77.6699993253, 7) as number,
      ciHigh: expect.closeTo(127.8900709642, 7) as number,
    });
  });

  it('has no interval from two trials: it would span orders of magnitude', () => {
    const [cell] = summarizeCells(plan, [at(0, withThroughput(90)), at(2, withThroughput(110))]);
    expect(cell?.metrics?.throughputPerS).toEqual({
      ...{ mean: expect.closeTo(Math.sqrt(9900), 9) as number, ciLow: null, ciHigh: null },
    });
  });

  it('has no interval from one trial', () => {
    const [cell] = summarizeCells(plan, [at(0)]);
    expect(cell?.metrics?.throughputPerS).toEqual({ mean: 100, ciLow: null, ciHigh: null });
  });

  it('keeps cells apart, sorted by their factors', () => {
    const cells = summarizeCells(plan, [at(1, withThroughput(50)), at(3, withThroughput(50)), at(0)]);
    expect(cells.map(({ factors }) => factors.replicas)).toEqual([3, 5]);
    expect(cells.map(({ trials }) => trials.completed)).toEqual([1, 2]);
    expect(cells[1]?.metrics?.throughputPerS.mean).toBeCloseTo(50, 9);
  });

  it('has the cells of one size together, unlimited first, then by rising limits', () => {
    const limits = [
      { cpus: 1, memoryBytes: 2 ** 29 },
      { cpus: 0.5 },
      {},
      { cpus: 1, memoryBytes: 2 ** 28 },
      { memoryBytes: 2 ** 28 },
    ];
    const cells = limits.flatMap((limit) => [
      { ...other, ...limit },
      { ...sampleCell, ...limit },
    ]);
    const shown = summarizeCells(
      cells.map((cell, index) => plannedTrial(index, cell)),
      [],
    ).map(({ factors: { replicas, cpus, memoryBytes } }) => [replicas, cpus, memoryBytes]);
    expect(shown).toEqual(
      [3, 5].flatMap((replicas) => [
        [replicas, undefined, undefined],
        [replicas, undefined, 2 ** 28],
        [replicas, 0.5, undefined],
        [replicas, 1, 2 ** 28],
        [replicas, 1, 2 ** 29],
      ]),
    );
  });

  it('counts each trial once: by its completed attempt, else by its last', () => {
    const records = [
      at(0, { status: 'failed', metrics: null }),
      at(0, { attempt: 2 }),
      at(2, { status: 'failed', metrics: null }),
      at(2, { status: 'aborted', metrics: null, attempt: 2 }),
    ];
    expect(summarizeCells(plan, records)[0]?.trials).toEqual({
      ...{ planned: 2, completed: 1, failed: 0, aborted: 1, invalid: 0 },
    });
  });

  it('shows invalid trials and leaves them out of the figures', () => {
    const [cell] = summarizeCells(plan, [
      at(0, withThroughput(1)),
      at(2, { invalid: ['the driver was saturated'] }),
    ]);
    expect(cell?.trials).toMatchObject({ completed: 2, invalid: 1 });
    expect(cell?.metrics?.throughputPerS.mean).toBe(1);
  });

  it('never turns a failed trial into a figure', () => {
    const [cell] = summarizeCells(plan, [at(0, { status: 'failed', metrics: null, verification: null })]);
    expect(cell).toMatchObject({ correct: null, metrics: null, trials: { failed: 1 } });
  });

  it('has a quantile only where every trial has one, and the largest of all maxima', () => {
    const low = { ...sampleMetrics, latencyMs: { ...sampleMetrics.latencyMs, p95: 1.5, p99: null, max: 9 } };
    const [cell] = summarizeCells(plan, [at(0), at(2, { metrics: low })]);
    expect(cell?.metrics?.latencyMs).toMatchObject({ mean: 1, p50: 1, p99: null, max: 9 });
    expect(cell?.metrics?.latencyMs.p95).toBeCloseTo(Math.sqrt(2.5 * 1.5), 9);
    expect(cell?.metrics?.latencyCiMs.p99).toBeNull();
  });

  it.each([
    ['true when every completed trial was checked and right', [verified(true), verified(true)], true],
    ['unknown when one was not checked', [verified(true), verified(null)], null],
    ['unknown when one has no verification', [verified(true), { verification: null }], null],
    ['false when one was wrong', [verified(true), verified(false)], false],
    [
      'false when a failed one was wrong',
      [verified(true), { ...verified(false), status: 'failed' as const }],
      false,
    ],
    ['unknown when nothing completed', [{ ...verified(true), status: 'aborted' as const }], null],
  ])('is correct: %s', (_when, changes, expected) => {
    const records = changes.map((change, index) => at(index * 2, change));
    expect(summarizeCells(plan, records)[0]?.correct).toBe(expected);
  });
});
