import { describe, expect, it } from 'vitest';
import { cellKey, type Cell } from '../../harness/foundation/cell.ts';
import { splitMix64 } from '../../harness/foundation/random.ts';
import { sampleCell, sampleMetrics, trialRecord } from '../../results/store/records.fixture.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { compareRuns, type ComparedMetric } from './compare-runs.ts';

const cellOf = (clients: number): Cell => ({ ...sampleCell, clients });
const usual = () => 0.05;

/** Trials of one cell, the k-th with throughput and latencies that are those of 100/s divided or times `slowdown`. */
function trialsOf(cell: Cell, slowdowns: readonly number[]): TrialRecord[] {
  return slowdowns.map((slowdown, block) => {
    const trial = {
      id: `t${cell.clients}-${block}`,
      cell,
      cellKey: cellKey(cell),
      block,
      position: block,
      seed: 1,
    };
    const { latencyMs: ms } = sampleMetrics;
    const quantiles = { p50: slowdown, p95: 2.5 * slowdown, p99: 3 * slowdown };
    const latencyMs = { ...ms, ...quantiles };
    return trialRecord(trial, { metrics: { ...sampleMetrics, throughputPerS: 100 / slowdown, latencyMs } });
  });
}

/** Around `centre`, with so large a relative spread. */
function around(centre: number, spread: number, n: number, seed: bigint): number[] {
  const random = splitMix64(seed);
  const uniform = () => random.nextUint32() / 2 ** 32 + random.nextUint32() / 2 ** 32 - 1;
  return Array.from({ length: n }, () => centre * Math.exp(spread * uniform()));
}

const verdictsOf = (a: readonly TrialRecord[], b: readonly TrialRecord[], loss = usual) =>
  Object.fromEntries(compareRuns(a, b, loss).comparisons.map((each) => [each.metric, each.verdict]));
const one = (
  a: readonly TrialRecord[],
  b: readonly TrialRecord[],
  metric: ComparedMetric = 'throughput',
  loss = usual,
) => {
  const found = compareRuns(a, b, loss).comparisons.find((each) => each.metric === metric);
  if (found === undefined) throw new Error(`no comparison of ${metric}`);
  return found;
};
const a = trialsOf(cellOf(4), around(1, 0.03, 12, 1n));

describe('the verdict on a cell', () => {
  it('is slower where throughput falls and latency rises alike', () => {
    const b = trialsOf(cellOf(4), around(1.3, 0.03, 12, 2n));
    expect(verdictsOf(a, b)).toEqual({ throughput: 'slower', p50: 'slower', p95: 'slower', p99: 'slower' });
    expect(one(a, b)).toMatchObject({ isRegression: true, cliffsDelta: -1, trials: { a: 12, b: 12 } });
    expect(one(a, b).ratio).toBeCloseTo(1 / 1.3, 2);
    expect(one(a, b, 'p99').ratio).toBeCloseTo(1.3, 1);
  });

  it('turns around with the runs: the one ratio is the inverse of the other', () => {
    const b = trialsOf(cellOf(4), around(1.3, 0.03, 12, 2n));
    expect(Object.values(verdictsOf(b, a))).toEqual(['faster', 'faster', 'faster', 'faster']);
    expect((one(a, b).ratio ?? 0) * (one(b, a).ratio ?? 0)).toBeCloseTo(1, 9);
    expect(one(b, a).isRegression).toBe(false);
  });

  it('is the same only when it is shown, also where a difference is certain but small', () => {
    expect(one(a, trialsOf(cellOf(4), around(1, 0.03, 12, 3n))).verdict).toBe('same');
    const slightly = one(a, trialsOf(cellOf(4), around(1.02, 0.001, 12, 4n)));
    expect(slightly.verdict).toBe('same');
    const noisy = (seed: bigint) => trialsOf(cellOf(4), around(1, 0.6, 6, seed));
    expect(one(noisy(5n), noisy(6n)).verdict).toBe('inconclusive');
  });

  it('is no regression unless the loss is proven to be larger than allowed', () => {
    const b = trialsOf(cellOf(4), around(1.1, 0.03, 12, 7n));
    expect(one(a, b).isRegression).toBe(true);
    const floor = () => 0.15;
    expect(one(a, b, 'throughput', floor)).toMatchObject({ verdict: 'slower', isRegression: false });
    const few = trialsOf(cellOf(4), around(1.1, 0.2, 3, 8n));
    expect(one(a, few).isRegression).toBe(false);
  });
});

describe('data that answer nothing', () => {
  it('of one trial give a ratio and the reason why there is no test', () => {
    const single = trialsOf(cellOf(4), [1.5]);
    expect(one(a, single)).toMatchObject({
      ...{ verdict: 'unknown', p: null, ciLow: null, isRegression: false },
      remark: expect.stringContaining('1 trial') as string,
    });
    expect(one(single, single).ratio).toBe(1);
  });

  it('of equal values give no NaN', () => {
    const constant = trialsOf(cellOf(4), [1, 1, 1, 1, 1]);
    expect(one(constant, constant)).toMatchObject({ verdict: 'unknown', ratio: 1, p: null });
    expect(JSON.stringify(compareRuns(constant, constant, usual))).not.toMatch(/NaN|Infinity/);
  });

  it('of failed trials only leave nothing to compare', () => {
    const failed = a.map((record): TrialRecord => ({ ...record, status: 'failed', metrics: null }));
    expect(one(a, failed)).toMatchObject({ verdict: 'unknown', ratio: null, trials: { a: 12, b: 0 } });
  });

  it('that only one run has are named', () => {
    const b = [...a, ...trialsOf(cellOf(8), [1, 1, 1])];
    const more = [...a, ...trialsOf(cellOf(2), [1, 1, 1])];
    const { onlyA, onlyB, comparisons } = compareRuns(more, b, usual);
    expect([onlyA, onlyB].map((cells) => cells.map(({ clients }) => clients))).toEqual([[2], [8]]);
    expect(new Set(comparisons.map(({ cell }) => cell.clients))).toEqual(new Set([4]));
  });
});

it('of 40 equal cells hardly any is called different, and none a regression', () => {
  const runs = [10n, 20n].map((seed) =>
    Array.from({ length: 40 }, (_, index) =>
      trialsOf(cellOf(index + 1), around(1, 0.1, 8, seed * 1000n + BigInt(index))),
    ).flat(),
  );
  const { comparisons } = compareRuns(runs[0] ?? [], runs[1] ?? [], usual);
  const different = comparisons.filter(({ verdict }) => verdict === 'faster' || verdict === 'slower');
  expect(comparisons).toHaveLength(160);
  expect(comparisons.filter(({ p }) => (p ?? 1) < 0.05).length).toBeGreaterThan(0);
  expect(different).toEqual([]);
  expect(comparisons.filter(({ isRegression }) => isRegression)).toEqual([]);
});
