import { describe, expect, it } from 'vitest';
import { trialSummary } from '../../trial-summary.ts';
import { answered, casesOf, distance, groupsOf, trialsOf } from '../oracle/cases.ts';
import { dunn } from './dunn.ts';
import { kruskalWallis } from './kruskal-wallis.ts';
import { twoFactorAnova } from './two-factor-anova.ts';

interface ManyArms {
  readonly name: string;
  readonly x: readonly number[];
  readonly sizes: readonly number[];
  readonly h: number;
  readonly df: number;
  readonly p: number;
  readonly z: number | readonly number[];
  readonly pairP: number | readonly number[];
  readonly holm: number | readonly number[];
}

interface Anova {
  readonly name: string;
  readonly a: number;
  readonly b: number;
  readonly r: number;
  readonly y: readonly number[];
  /** Blocks, second factor, first factor, interaction, residual. */
  readonly df: readonly number[];
  readonly ss: readonly number[];
  readonly f: readonly number[];
  readonly p: readonly number[];
}

const many = casesOf('kruskal-dunn') as readonly ManyArms[];
const anovas = casesOf('anova') as readonly Anova[];
const list = (value: number | readonly number[]) => (typeof value === 'number' ? [value] : value);

/** By first factor, second factor, block. */
function cellsOf({ a, b, r, y }: Pick<Anova, 'a' | 'b' | 'r' | 'y'>) {
  return Array.from({ length: a }, (_, i) =>
    Array.from({ length: b }, (__, j) => trialsOf(y.slice((i * b + j) * r, (i * b + j + 1) * r))),
  );
}

it('there are enough cases to mean it', () => {
  expect(many.length).toBeGreaterThanOrEqual(20);
  expect(anovas.length).toBeGreaterThanOrEqual(20);
});

describe.each(many)('on the groups of R, $name', (example) => {
  const groups = groupsOf(example.x, example.sizes);

  it('Kruskal and Wallis have its H and p', () => {
    const { h, df, p, n } = answered(kruskalWallis(groups));
    expect(df).toBe(example.df);
    expect(n).toEqual(example.sizes);
    expect(distance(h, example.h, 1e-9)).toBeLessThan(1e-9);
    expect(distance(p, example.p, 1e-6)).toBeLessThan(1e-9);
  });

  it('Dunn has its z and p, and Holm over the pairs', () => {
    const pairs = answered(dunn(groups));
    expect(pairs).toHaveLength((example.sizes.length * (example.sizes.length - 1)) / 2);
    pairs.forEach(({ z, p, pAdjusted }, index) => {
      expect(distance(z, list(example.z)[index] ?? NaN, 1e-9)).toBeLessThan(1e-9);
      expect(distance(p, list(example.pairP)[index] ?? NaN)).toBeLessThan(1e-9);
      expect(distance(pAdjusted, list(example.holm)[index] ?? NaN)).toBeLessThan(1e-9);
    });
  });
});

describe.each(anovas)('on the design of R, $name', (example) => {
  it('two factors with blocks have its sums of squares, F and p', () => {
    const { blocks, first, second, interaction, residual, n } = answered(twoFactorAnova(cellsOf(example)));
    expect(n).toBe(example.y.length);
    expect([blocks, first, second, interaction, residual].map(({ df }) => df)).toEqual(example.df);
    const whole = example.ss.reduce((sum, squares) => sum + squares, 0);
    [blocks, first, second, interaction].forEach((row, index) => {
      expect(Math.abs(row.sumOfSquares - (example.ss[index] ?? NaN))).toBeLessThan(1e-9 * whole);
      expect(distance(row.f, example.f[index] ?? NaN, 1e-3)).toBeLessThan(1e-9);
      expect(distance(row.p, example.p[index] ?? NaN)).toBeLessThan(1e-9);
    });
  });
});

describe('what cannot be compared is named', () => {
  it.each([
    ['one group', [trialsOf([1, 2, 3])], 'too-few-trials'],
    ['an empty group', [trialsOf([1, 2]), trialsOf([])], 'too-few-trials'],
    ['two trials in all', [trialsOf([1]), trialsOf([2])], 'too-few-trials'],
    ['equal values', [trialsOf([5, 5]), trialsOf([5, 5, 5])], 'constant-data'],
    ['what is no number', [trialsOf([5, NaN]), trialsOf([5, 4, 5])], 'non-positive-values'],
  ])('%s', (_what, groups, reason) => {
    expect(kruskalWallis(groups)).toMatchObject({ kind: 'degenerate', reason });
    expect(dunn(groups)).toMatchObject({ kind: 'degenerate', reason });
  });

  it.each([
    ['one level', [[trialsOf([1, 2]), trialsOf([2, 3])]], 'too-few-trials'],
    ['one block', cellsOf({ a: 2, b: 2, r: 1, y: [1, 2, 3, 5] }), 'too-few-trials'],
    [
      'a missing trial',
      [
        [trialsOf([1, 2]), trialsOf([2, 3])],
        [trialsOf([1, 2]), trialsOf([2])],
      ],
      'unbalanced',
    ],
    ['a missing cell', [[trialsOf([1, 2]), trialsOf([2, 3])], [trialsOf([1, 2])]], 'unbalanced'],
    [
      'a block twice',
      [
        [trialsOf([1, 2]), trialsOf([2, 3])],
        [trialsOf([1, 2]), twice(1)],
      ],
      'unbalanced',
    ],
    ['zero throughput', cellsOf({ a: 2, b: 2, r: 2, y: [1, 2, 3, 4, 5, 6, 7, 0] }), 'non-positive-values'],
    ['equal values', cellsOf({ a: 2, b: 2, r: 2, y: [3, 3, 3, 3, 3, 3, 3, 3] }), 'constant-data'],
  ])('%s', (_what, cells, reason) => {
    expect(twoFactorAnova(cells)).toMatchObject({ kind: 'degenerate', reason });
  });
});

function twice(block: number) {
  return [trialSummary('t1', block, 2), trialSummary('t2', block, 3)];
}
