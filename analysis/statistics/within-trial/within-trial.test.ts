import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDegenerate } from '../outcome.ts';
import { answered, casesOf } from '../oracle/cases.ts';
import { normalStream, randomStream } from '../random-stream.ts';
import { simulations } from '../simulation-size.fixture.ts';
import { autocorrelationWithinTrial } from './autocorrelation.ts';
import { blockBootstrapMeanWithinTrial } from './block-bootstrap.ts';
import { changePointPenalty, changePointsWithinTrial, shortestSegment } from './change-points.ts';
import { steadyStateWithinTrial } from './steady-state.ts';

/** Segments of given lengths, means and spreads. */
function steps(seed: number, ...parts: readonly (readonly [length: number, mean: number, sd: number])[]) {
  const normal = normalStream(seed);
  return parts.flatMap(([length, mean, sd]) => Array.from({ length }, () => mean + sd * normal()));
}

/** Written from the definition, sharing nothing with the code under test. */
function costOf(segment: readonly number[], resolution: number): number {
  const mean = segment.reduce((sum, value) => sum + value, 0) / segment.length;
  const variance = segment.reduce((sum, value) => sum + (value - mean) ** 2, 0) / segment.length;
  return segment.length * (Math.log(variance + resolution ** 2) + 1);
}

function totalCost(series: readonly number[], changes: readonly number[], resolution: number): number {
  const ends = [...changes, series.length];
  const costs = ends.map((end, index) => costOf(series.slice(ends[index - 1] ?? 0, end), resolution));
  return costs.reduce((sum, cost) => sum + cost, 0) + changes.length * changePointPenalty(series.length);
}

/** Optimal partitioning without pruning: every last segment of every beginning is tried. */
function bruteForce(series: readonly number[], resolution: number): number[] {
  const penalty = changePointPenalty(series.length);
  const best: { cost: number; changes: number[] }[] = [{ cost: -penalty, changes: [] }];
  for (let end = 1; end <= series.length; end += 1) {
    let found = { cost: Infinity, changes: [] as number[] };
    for (let start = 0; start <= end - shortestSegment; start += 1) {
      const before = best[start];
      if (before === undefined) continue;
      const cost = before.cost + penalty + costOf(series.slice(start, end), resolution);
      if (cost < found.cost) found = { cost, changes: start === 0 ? [] : [...before.changes, start] };
    }
    best.push(found);
  }
  return best.at(-1)?.changes ?? [];
}

/** Every set of change points there is. */
function exhaustive(series: readonly number[], resolution: number): number {
  let least = Infinity;
  for (let bits = 0; bits < 2 ** (series.length - 1); bits += 1) {
    const changes = Array.from({ length: series.length - 1 }, (_, at) => at + 1).filter(
      (at) => (bits >> (at - 1)) & 1,
    );
    const ends = [0, ...changes, series.length];
    if (ends.some((end, index) => index > 0 && end - (ends[index - 1] ?? 0) < shortestSegment)) continue;
    least = Math.min(least, totalCost(series, changes, resolution));
  }
  return least;
}

describe('PELT', () => {
  it('finds the partition of brute force, for 120 series of up to 200 values', () => {
    const next = randomStream(5);
    const below = (bound: number) => Math.floor((next() / 2 ** 32) * bound);
    let changed = 0;
    for (let run = 0; run < 120; run += 1) {
      const parts = Array.from(
        { length: 1 + below(6) },
        () => [2 + below(33), 100 + below(40), 0.2 + below(20) / 5] as const,
      );
      const series = steps(run, ...parts).slice(0, 200);
      const found = changePointsWithinTrial(series, 0.5);
      expect(found, `series ${run} of ${series.length}`).toEqual(bruteForce(series, 0.5));
      changed += Math.min(1, found.length);
    }
    expect(changed, 'most of them have change points').toBeGreaterThan(60);
  });

  it('finds no worse partition than any of all there are', () => {
    for (let run = 0; run < 8; run += 1) {
      const series = steps(run + 100, [6, 10, 0.01], [6, 10 + run, 0.01]);
      const found = changePointsWithinTrial(series, 1e-3);
      expect(totalCost(series, found, 1e-3)).toBeCloseTo(exhaustive(series, 1e-3), 6);
      expect(found).toEqual(run === 0 ? [] : [6]);
    }
  });

  it('does not depend on the unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (unit) => {
        const series = steps(3, [30, 10, 1], [30, 14, 1], [30, 14, 4]);
        expect(
          changePointsWithinTrial(
            series.map((value) => value * unit),
            0.1 * unit,
          ),
        ).toEqual(changePointsWithinTrial(series, 0.1));
      }),
      { numRuns: 30 },
    );
  });

  it('sees no change where values are equal, few, or white noise', () => {
    expect(changePointsWithinTrial(new Array<number>(50).fill(7), 0.07)).toEqual([]);
    expect(changePointsWithinTrial([1], 0.1)).toEqual([]);
    expect(changePointsWithinTrial([], 0.1)).toEqual([]);
    const count = simulations(200);
    const runs = Array.from({ length: count }, (_, run) =>
      changePointsWithinTrial(steps(run, [100, 10, 1]), 0.1),
    );
    expect(runs.filter(({ length }) => length > 0).length).toBeLessThanOrEqual(0.02 * count);
  });

  it('refuses what is no number and a resolution of nothing', () => {
    expect(() => changePointsWithinTrial([1, NaN, 2], 0.1)).toThrow('value 1 of the series is NaN');
    expect(() => changePointsWithinTrial([1, 2], 0)).toThrow(RangeError);
  });
});

describe('a steady state', () => {
  it.each([
    ['flat', steps(1, [60, 100, 3]), 'higher', 0],
    ['flat: changes of less than 5 % do not matter', steps(2, [30, 100, 0.3], [30, 103, 0.3]), 'higher', 0],
    ['warm-up', steps(3, [15, 60, 3], [45, 100, 3]), 'higher', 15],
    ['warm-up of a latency', steps(4, [15, 60, 3], [45, 20, 1]), 'lower', 15],
    ['slowdown', steps(5, [20, 100, 3], [40, 70, 3]), 'higher', 20],
    ['slowdown of a latency', steps(6, [20, 10, 0.3], [40, 15, 0.3]), 'lower', 20],
    ['slowdown: up and down again', steps(7, [20, 60, 2], [20, 100, 2], [20, 60, 2]), 'higher', 40],
    ['none: changed in the last quarter', steps(8, [50, 100, 3], [10, 60, 3]), 'higher', 50],
  ] as const)('%s', (name, series, better, steadyFrom) => {
    const found = steadyStateWithinTrial(series, better);
    expect(name.startsWith(found.kind), found.kind).toBe(true);
    expect(Math.abs(found.steadyFrom - steadyFrom)).toBeLessThanOrEqual(1);
    expect(found.segmentMeans).toHaveLength(found.changePoints.length + 1);
  });
});

interface Acf {
  readonly name: string;
  readonly x: readonly number[];
  readonly lags: readonly number[];
}

const acfs = casesOf('autocorrelation') as readonly Acf[];

describe('autocorrelation', () => {
  it('there are enough cases to mean it', () => expect(acfs.length).toBeGreaterThanOrEqual(20));

  it.each(acfs)('is that of R: $name', ({ x, lags }) => {
    const found = answered(autocorrelationWithinTrial(x));
    expect(found.lags).toHaveLength(lags.length);
    const errors = found.lags.map((lag, index) => Math.abs(lag - (lags[index] ?? NaN)));
    expect(Math.max(...errors)).toBeLessThan(1e-9);
    expect(found.effectiveN).toBeGreaterThan(0);
    expect(found.effectiveN).toBeLessThanOrEqual(x.length);
  });

  it('tells how many independent values an AR(1) series is worth: n (1 − φ) / (1 + φ)', () => {
    const worth = autoregressive(0.8, 20_000, 9);
    const { effectiveN } = answered(autocorrelationWithinTrial(worth, 400));
    expect(effectiveN / (20_000 / 9)).toBeGreaterThan(0.85);
    expect(effectiveN / (20_000 / 9)).toBeLessThan(1.15);
  });

  it('is none of two values or of equal ones', () => {
    expect(autocorrelationWithinTrial([1, 2])).toMatchObject({ reason: 'too-few-trials' });
    expect(autocorrelationWithinTrial([4, 4, 4, 4])).toMatchObject({ reason: 'constant-data' });
  });
});

function autoregressive(phi: number, n: number, seed: number): number[] {
  const normal = normalStream(seed);
  let x = normal() / Math.sqrt(1 - phi * phi);
  return Array.from({ length: n }, () => (x = phi * x + normal()));
}

describe('the block bootstrap', () => {
  it.each([
    [0.9, 200, 0.9],
    [0.9, 500, 0.9],
    [0, 100, 0.93],
  ])('of an AR(1) series of φ = %d, n = %i, covers at least the share %d', (phi, n, least) => {
    const count = simulations(300);
    let covered = 0;
    for (let run = 0; run < count; run += 1) {
      const series = autoregressive(phi, n, 1000 * n + run).map((value) => value + 10);
      const found = answered(
        blockBootstrapMeanWithinTrial(
          series,
          series.map(() => 1),
          run,
          999,
        ),
      );
      covered += found.low <= 10 && found.high >= 10 ? 1 : 0;
    }
    expect(covered / count).toBeGreaterThanOrEqual(least);
    expect(covered / count, 'nor is it so wide that it says nothing').toBeLessThan(0.985);
  });

  it('weighs buckets by their requests, and is the same for the same seed', () => {
    const series = steps(2, [50, 10, 1]);
    const weights = series.map((_, index) => 1 + (index % 3));
    const found = answered(blockBootstrapMeanWithinTrial(series, weights, 4));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const expected = series.reduce((sum, value, index) => sum + value * (weights[index] ?? 0), 0) / total;
    expect(found.mean).toBeCloseTo(expected, 10);
    expect(found.low).toBeLessThan(expected);
    expect(found.high).toBeGreaterThan(expected);
    expect(blockBootstrapMeanWithinTrial(series, weights, 4)).toEqual(found);
  });

  it('has no interval of few or of equal values', () => {
    const few = blockBootstrapMeanWithinTrial([1, 2, 3], [1, 1, 1], 1);
    const equal = blockBootstrapMeanWithinTrial(
      new Array<number>(20).fill(2),
      new Array<number>(20).fill(1),
      1,
    );
    expect([few, equal].map((result) => isDegenerate(result) && result.reason)).toEqual([
      'too-few-trials',
      'constant-data',
    ]);
  });
});
