import { describe, expect, it } from 'vitest';
import { answered, casesOf, distance, trialsOf } from './oracle/cases.ts';
import { harrellDavis, quantileInterval } from './quantile-interval.ts';
import { drawBelow, normalStream, randomStream } from './random-stream.ts';
import { bcaBootstrap, percentileBootstrap } from './resampling.ts';
import { simulations } from './simulation-size.fixture.ts';

interface Quantiles {
  readonly name: string;
  readonly x: readonly number[];
  readonly probabilities: readonly number[];
  readonly harrellDavis: readonly number[];
  readonly lowRanks: readonly number[];
  readonly highRanks: readonly number[];
}

interface Bootstrap {
  readonly name: string;
  readonly x: readonly number[];
  readonly percentile: readonly [number, number];
  readonly bca: readonly [number, number];
}

const quantiles = casesOf('quantiles') as readonly Quantiles[];
const bootstraps = casesOf('bootstrap') as readonly Bootstrap[];

it('there are enough cases to mean it', () => {
  expect(quantiles.length).toBeGreaterThanOrEqual(20);
  expect(bootstraps.length).toBeGreaterThanOrEqual(20);
});

describe.each(quantiles)('on the trials of scipy, $name', ({ x, probabilities, ...expected }) => {
  const trials = trialsOf(x);

  it('Harrell and Davis have its estimate', () => {
    const scale = Math.max(...x.map(Math.abs));
    probabilities.forEach((probability, index) => {
      const estimate = answered(harrellDavis(trials, probability));
      expect(Math.abs(estimate - (expected.harrellDavis[index] ?? NaN))).toBeLessThan(1e-9 * scale);
    });
  });

  it('the interval of a quantile ends at its order statistics', () => {
    const sorted = x.toSorted((a, b) => a - b);
    probabilities.forEach((probability, index) => {
      const found = answered(quantileInterval(trials, probability));
      const [low = 0, high = 0] = [expected.lowRanks[index], expected.highRanks[index]];
      expect([found.lowRank, found.highRank]).toEqual([low, high]);
      expect(found.low).toBe(low === 0 ? -Infinity : sorted[low - 1]);
      expect(found.high).toBe(high > x.length ? Infinity : sorted[high - 1]);
      expect(found.coverage).toBeGreaterThanOrEqual(0.95);
    });
  });
});

describe('the interval of a quantile', () => {
  it.each([
    [0.5, 6],
    [0.9, 36],
    [0.95, 72],
    [0.99, 368],
    [0.999, 3688],
  ])('is finite for p = %d from n = %i on', (probability, least) => {
    const isFinite = (n: number) => {
      const values = Array.from({ length: n }, (_, index) => index + 1);
      const { low, high } = answered(quantileInterval(trialsOf(values), probability));
      return Number.isFinite(low) && Number.isFinite(high);
    };
    expect([isFinite(least - 1), isFinite(least)]).toEqual([false, true]);
  });

  it('says when there is nothing to order, and refuses what is no probability', () => {
    expect(quantileInterval([], 0.5)).toMatchObject({ reason: 'too-few-trials' });
    expect(harrellDavis(trialsOf([1, NaN]), 0.5)).toMatchObject({ reason: 'non-positive-values' });
    expect(() => quantileInterval(trialsOf([1]), 1)).toThrow(RangeError);
  });
});

describe.each(bootstraps)('on the trials of scipy, $name', ({ x, percentile, bca }) => {
  it.each([
    ['percentile', percentileBootstrap, percentile],
    ['BCa', bcaBootstrap, bca],
  ] as const)(
    'the %s interval ends within 3 %% of its width of 200 000 resamples',
    (_name, method, [low, high]) => {
      const found = answered(method(trialsOf(x), 20240604));
      // On the scale on which it was drawn.
      const width = Math.log(high / low);
      expect(Math.abs(Math.log(found.low / low))).toBeLessThan(0.03 * width);
      expect(Math.abs(Math.log(found.high / high))).toBeLessThan(0.03 * width);
    },
  );
});

describe('a bootstrap of trials', () => {
  const trials = trialsOf(bootstraps[0]?.x ?? []);

  it('is the same for the same seed, and another for another', () => {
    expect(bcaBootstrap(trials, 5)).toEqual(bcaBootstrap(trials, 5));
    expect(bcaBootstrap(trials, 5)).not.toEqual(bcaBootstrap(trials, 6));
  });

  it.each([
    ['19 trials', trials.slice(0, 19), 'too-few-trials'],
    ['equal values', trialsOf(new Array<number>(20).fill(3)), 'constant-data'],
    ['zero throughput', [...trials, ...trialsOf([0])], 'non-positive-values'],
  ])('says why it has no interval of %s', (_what, few, reason) => {
    expect(percentileBootstrap(few, 1)).toMatchObject({ kind: 'degenerate', reason });
    expect(bcaBootstrap(few, 1)).toMatchObject({ kind: 'degenerate', reason });
  });

  it('holds the geometric mean of 30 log-normal trials nearly as often as it says', () => {
    const count = simulations(400);
    const normal = normalStream(11);
    let [percentile, bca] = [0, 0];
    for (let run = 0; run < count; run += 1) {
      const drawn = trialsOf(Array.from({ length: 30 }, () => Math.exp(0.3 * normal())));
      const holds = (method: typeof bcaBootstrap) => {
        const { low, high } = answered(method(drawn, run, 999));
        return low <= 1 && high >= 1 ? 1 : 0;
      };
      percentile += holds(percentileBootstrap);
      bca += holds(bcaBootstrap);
    }
    // The bootstrap is a little narrow at n = 30 (t against z, and n against n − 1): 93.5 % expected; ± 3 standard errors.
    const slack = 3 * Math.sqrt((0.935 * 0.065) / count);
    expect(Math.abs(percentile / count - 0.935)).toBeLessThan(slack);
    expect(Math.abs(bca / count - 0.935)).toBeLessThan(slack);
  });
});

describe('a random stream', () => {
  it('draws every place about equally often', () => {
    const next = randomStream(3);
    const seen = new Array<number>(10).fill(0);
    for (let draw = 0; draw < 100_000; draw += 1) {
      const place = drawBelow(next, 10);
      seen[place] = (seen[place] ?? 0) + 1;
    }
    const chiSquare = seen.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.9);
  });

  it('tells seeds apart that differ in their high bits only', () => {
    expect(randomStream(1)()).not.toBe(randomStream(1 + 2 ** 32)());
    expect(distance(randomStream(7)(), randomStream(7)())).toBe(0);
  });
});
