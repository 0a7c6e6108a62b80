import { describe, expect, it } from 'vitest';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { brunnerMunzel } from '../two-arms/brunner-munzel.ts';
import { cliffsDelta } from '../two-arms/cliffs-delta.ts';
import { equivalence } from '../two-arms/equivalence.ts';
import { fiellerInterval, fiellerTest } from '../two-arms/fieller.ts';
import { hodgesLehmann } from '../two-arms/hodges-lehmann.ts';
import { mannWhitney } from '../two-arms/mann-whitney.ts';
import { marginTest } from '../two-arms/margin-test.ts';
import { comparePairs } from '../two-arms/paired-log.ts';
import { compareMeans } from '../two-arms/welch-log.ts';
import { armOf, errorOf, oracle, threeAlternatives, type TwoArmsCase } from './oracle.fixture.ts';

const cases = oracle('two-arms');
const armsOf = ({ x, y }: TwoArmsCase) => [armOf(x), armOf(y)] as const;

/** Every error of every case below the bound, and enough cases to mean it. */
function expectClose(errors: readonly (readonly [string, number])[], bound: number): void {
  expect(errors.filter(([, error]) => !(error <= bound))).toEqual([]);
  expect(new Set(errors.map(([name]) => name)).size).toBeGreaterThanOrEqual(20);
}

function answered<T extends object>(result: T | Degenerate): T {
  if (isDegenerate(result)) throw new Error(result.text);
  return result;
}

describe('on the data sets of R', () => {
  it('Welch on logarithms gives its t, df, p and interval', () => {
    const errors = cases.flatMap((example) =>
      threeAlternatives.flatMap((alternative, index) => {
        const { welch, name } = example;
        const result = answered(compareMeans(...armsOf(example), { nullRatio: welch.theta, alternative }));
        return [
          [name, errorOf(result.t, welch.t)] as const,
          [name, errorOf(result.df, welch.df)] as const,
          [name, errorOf(result.p, welch.p[index] ?? Number.NaN)] as const,
          [name, errorOf(result.ciLow, welch.low)] as const,
          [name, errorOf(result.ciHigh, welch.high)] as const,
        ];
      }),
    );
    expectClose(errors, 1e-9);
  });

  it('the margin test gives both of its p, in both directions, and takes the larger', () => {
    const errors = cases.flatMap((example) =>
      (['at-least', 'at-most'] as const).flatMap((direction) => {
        const { theta, atLeast, atMost } = example.margin;
        const [onLogs, onValues] = direction === 'at-least' ? atLeast : atMost;
        const result = answered(marginTest(...armsOf(example), { margin: theta, direction }));
        return [
          [example.name, errorOf(result.pOnLogs, onLogs)] as const,
          [example.name, errorOf(result.pOnValues, onValues)] as const,
          [example.name, errorOf(result.p, Math.max(onLogs, onValues))] as const,
        ];
      }),
    );
    expectClose(errors, 1e-9);
  });

  it('equivalence gives the p of two t tests, and 90 % interval inclusion', () => {
    const errors = cases.flatMap((example) => {
      const { margin, aboveLow, belowHigh, inside } = example.equivalence;
      const result = answered(equivalence(...armsOf(example), { margin }));
      expect(result.p < 0.05, example.name).toBe(inside);
      expect(result.ciLow > 1 / margin && result.ciHigh < margin, example.name).toBe(inside);
      return [
        [example.name, errorOf(result.pAboveLow, aboveLow)] as const,
        [example.name, errorOf(result.pBelowHigh, belowHigh)] as const,
      ];
    });
    expectClose(errors, 1e-9);
    expect(cases.filter((example) => example.equivalence.inside).length).toBeGreaterThan(3);
  });

  it("Fieller's interval ends where R's t test of x against θ·y has p = 0.05", () => {
    const errors = cases.flatMap((example) => {
      const { fieller, name, x, y } = example;
      const result = answered(fiellerInterval(...armsOf(example)));
      expect(result.bounded, name).toBe(fieller.low !== null && fieller.high !== null);
      const atEnds = [result.ciLow, result.ciHigh].filter((end) => end !== null && end > 0);
      const pAtEnds = atEnds.map(
        (end) => fiellerTest({ treatment: x, baseline: y }, end ?? 1, 'two-sided').p,
      );
      return [
        [name, errorOf(result.ratio, fieller.ratio)] as const,
        [name, errorOf(result.ciLow, fieller.low ?? 0)] as const,
        [name, errorOf(result.ciHigh, fieller.high)] as const,
        ...pAtEnds.map((p) => [name, Math.abs(p - 0.05)] as const),
      ];
    });
    expectClose(errors, 1e-9);
    expect(cases.filter(({ fieller }) => fieller.high === null || fieller.low === null)).not.toEqual([]);
  });

  it('Mann and Whitney have its U and p, exact with ties up to 50 trials, normal above', () => {
    const errors = cases.flatMap((example) =>
      threeAlternatives.flatMap((alternative, index) => {
        const { mannWhitney: expected, name } = example;
        const result = answered(mannWhitney(...armsOf(example), alternative));
        expect(result.method === 'exact', name).toBe(expected.exact);
        expect(result.u, name).toBe(expected.u);
        return [[name, errorOf(result.p, expected.p[index] ?? Number.NaN)] as const];
      }),
    );
    expectClose(errors, 1e-9);
  });

  it('Hodges and Lehmann have its ratio and interval, or no end where there is none', () => {
    const errors = cases.flatMap((example) => {
      const { hodgesLehmann: expected, name } = example;
      const result = answered(hodgesLehmann(...armsOf(example)));
      return [
        [name, errorOf(result.ratio, expected.ratio)] as const,
        [name, errorOf(result.ciLow, expected.low ?? 0)] as const,
        [name, errorOf(result.ciHigh, expected.high)] as const,
      ];
    });
    expectClose(errors, 1e-9);
  });

  it('pairs within blocks have its paired t test', () => {
    const errors = cases.flatMap((example) =>
      threeAlternatives.flatMap((alternative, index) => {
        const { paired, name } = example;
        const result = comparePairs(...armsOf(example), { nullRatio: 0.95, alternative });
        expect(isDegenerate(result), name).toBe(paired === null);
        if (paired === null) return [];
        const { t, df, p, ciLow, ciHigh, pairs, unpaired } = answered(result);
        expect(2 * pairs + unpaired).toBe(example.x.length + example.y.length);
        return [
          [name, errorOf(t, paired.t)] as const,
          [name, errorOf(df, paired.df)] as const,
          [name, errorOf(p, paired.p[index] ?? Number.NaN)] as const,
          [name, errorOf(ciLow, paired.low)] as const,
          [name, errorOf(ciHigh, paired.high)] as const,
        ];
      }),
    );
    expectClose(errors, 1e-9);
  });

  it('the margin test of pairs has its paired t tests on both scales', () => {
    const errors = cases.flatMap((example) => {
      const { paired, name } = example;
      if (paired === null) return [];
      return (['at-least', 'at-most'] as const).flatMap((direction, index) => {
        const question = { margin: paired.theta, direction, pairing: 'blocks' } as const;
        const result = answered(marginTest(...armsOf(example), question));
        const [onLogs, onValues] = [paired.p[index + 1] ?? NaN, paired.onValues[index + 1] ?? NaN];
        return [
          [name, errorOf(result.pOnLogs, onLogs)] as const,
          [name, errorOf(result.pOnValues, onValues)] as const,
          [name, errorOf(result.p, Math.max(onLogs, onValues))] as const,
        ];
      });
    });
    expectClose(errors, 1e-9);
  });

  it("Cliff's δ is 2U/(nₓnᵧ) − 1, within its interval, within −1 … 1", () => {
    for (const example of cases) {
      const { delta, ciLow, ciHigh } = answered(cliffsDelta(...armsOf(example)));
      const { u } = example.mannWhitney;
      expect(delta, example.name).toBeCloseTo((2 * u) / (example.x.length * example.y.length) - 1, 14);
      expect(-1 <= ciLow && ciLow <= delta && delta <= ciHigh && ciHigh <= 1, example.name).toBe(true);
    }
  });
});

it('Brunner and Munzel have the t and p of scipy', () => {
  const expected = new Map(oracle('brunner-munzel').map((row) => [row.name, row]));
  const errors = cases.flatMap((example) =>
    threeAlternatives.flatMap((alternative, index) => {
      const result = brunnerMunzel(...armsOf(example), alternative);
      const row = expected.get(example.name);
      expect(isDegenerate(result), example.name).toBe(row === undefined);
      if (isDegenerate(result) || row === undefined) return [];
      return [
        [example.name, errorOf(result.t, row.t)] as const,
        // scipy takes one-sided p as 1 − P: its smallest ones have no more than the digits of 1.
        [example.name, Math.abs(result.p - (row.p[index] ?? Number.NaN)) / Math.max(result.p, 1e-6)] as const,
      ];
    }),
  );
  expectClose(errors, 1e-9);
});
