import { describe, expect, it } from 'vitest';
import { armOfValues } from '../simulation.fixture.ts';
import { brunnerMunzel } from './brunner-munzel.ts';
import { cliffsDelta } from './cliffs-delta.ts';
import { fiellerInterval } from './fieller.ts';
import { hodgesLehmann } from './hodges-lehmann.ts';
import { mannWhitney } from './mann-whitney.ts';
import { comparePairs } from './paired-log.ts';
import { trialSummary } from '../../trial-summary.ts';

const arm = (...values: number[]) => armOfValues(values);

describe('Mann and Whitney', () => {
  it('say how small p can get: 0.1 for three against three, whatever they measured', () => {
    expect(mannWhitney(arm(7, 8, 9), arm(1, 2, 3))).toMatchObject({ u: 9, p: 0.1, minimumP: 0.1 });
    expect(mannWhitney(arm(1, 8, 9), arm(7, 2, 3))).toMatchObject({ minimumP: 0.1 });
    expect(mannWhitney(arm(7, 8, 9), arm(1, 2, 3), 'greater')).toMatchObject({ p: 0.05, minimumP: 0.05 });
  });

  it('take ties into what is attainable', () => {
    // Of the 10 ways to choose 2 of {1, 1, 1, 2, 2}, one makes the largest sum.
    expect(mannWhitney(arm(2, 2), arm(1, 1, 1), 'greater')).toMatchObject({ p: 0.1, minimumP: 0.1 });
    expect(mannWhitney(arm(2, 1), arm(1, 1, 2), 'less')).toMatchObject({ p: 0.9, minimumP: 0.3 });
  });

  it('are the same seen from the other arm', () => {
    const [x, y] = [arm(3, 5, 5, 9, 11, 12, 4), arm(5, 2, 1)];
    expect(mannWhitney(x, y, 'greater')).toMatchObject({ p: (mannWhitney(y, x, 'less') as { p: number }).p });
  });
});

describe('what cannot be answered is said', () => {
  it.each([
    ['no trial', arm(), arm(1, 2), 'too-few-trials'],
    ['what is no number', arm(1, Number.NaN), arm(1, 2), 'non-positive-values'],
    ['values that are all equal', arm(4, 4), arm(4, 4, 4), 'constant-data'],
  ])('by tests of ranks: %s', (_what, x, y, reason) => {
    expect(mannWhitney(x, y)).toMatchObject({ kind: 'degenerate', reason });
    expect(brunnerMunzel(x, y)).toMatchObject({ kind: 'degenerate', reason });
    if (reason !== 'constant-data') expect(cliffsDelta(x, y)).toMatchObject({ kind: 'degenerate', reason });
  });

  it('arms that lie apart have no Brunner-Munzel t', () => {
    const result = brunnerMunzel(arm(8, 9, 10), arm(1, 2, 3));
    expect(result).toMatchObject({ reason: 'unbounded', text: expect.stringContaining('above') as string });
  });

  it('equal arms have no effect, and arms that lie apart all of it, still with an interval', () => {
    expect(cliffsDelta(arm(4, 4), arm(4, 4, 4))).toMatchObject({ delta: 0 });
    expect(cliffsDelta(arm(8, 9, 10), arm(1, 2, 3))).toMatchObject({ delta: 1, ciHigh: 1 });
    expect(cliffsDelta(arm(1, 2, 3), arm(8, 9, 10))).toMatchObject({ delta: -1, ciLow: -1 });
  });

  it('ends that do not exist: too few trials for ranks, a baseline that may be 0 for Fieller', () => {
    expect(hodgesLehmann(arm(8, 9), arm(1, 2))).toMatchObject({ ciLow: 0, ciHigh: null, bounded: false });
    expect(fiellerInterval(arm(8, 9, 8.5), arm(1, 200, 3))).toMatchObject({ ciHigh: null, bounded: false });
    expect(fiellerInterval(arm(1, 200, 3), arm(8, 9, 8.5))).toMatchObject({ ciLow: 0, bounded: false });
  });
});

describe('pairs', () => {
  const at = (...trials: [block: number, value: number][]) =>
    trials.map(([block, value]) => trialSummary(`${block}-${value}`, block, value));

  it('are made within blocks, in whatever order the trials come, and the rest is counted', () => {
    const x = at([3, 30], [1, 11], [2, 20], [7, 1000]);
    const y = at([1, 10], [2, 19], [3, 27]);
    expect(comparePairs(x, y)).toMatchObject({
      pairs: 3,
      unpaired: 1,
      df: 2,
      ratio: expect.closeTo(Math.cbrt((30 * 11 * 20) / (10 * 19 * 27)), 12) as number,
    });
  });

  it('cannot be made of an arm that is twice in a block, of one block, or of ratios that are all the same', () => {
    expect(comparePairs(at([1, 1], [1, 2]), at([1, 1]))).toMatchObject({ reason: 'unbalanced' });
    expect(comparePairs(at([1, 1], [2, 2]), at([1, 1], [3, 2]))).toMatchObject({ reason: 'too-few-trials' });
    expect(comparePairs(at([1, 2], [2, 4]), at([1, 1], [2, 2]))).toMatchObject({ reason: 'constant-data' });
  });
});
