import { describe, expect, it } from 'vitest';
import { trialSummary } from '../../trial-summary.ts';
import { isDegenerate } from '../outcome.ts';
import { minimumDetectableRatio, trialsToDecide } from '../power.ts';
import { equivalence } from './equivalence.ts';
import { marginTest } from './margin-test.ts';
import { compareMeans } from './welch-log.ts';

const arm = (...values: number[]) => values.map((value, index) => trialSummary(`t${index}`, index, value));
const x = arm(10, 11, 12.5, 9.7, 10.3);
const y = arm(8, 7.5, 9.1, 8.8);

describe('a comparison of means', () => {
  it('is the one of R', () => {
    expect(compareMeans(x, y)).toMatchObject({
      t: expect.closeTo(3.910272717, 8) as number,
      df: expect.closeTo(6.889165105, 8) as number,
      p: expect.closeTo(0.00600733455, 10) as number,
      ciLow: expect.closeTo(Math.exp(0.0970482625522), 10) as number,
      ciHigh: expect.closeTo(Math.exp(0.3964579051715), 10) as number,
    });
  });

  it('against a margin has the larger p of the two tests', () => {
    expect(marginTest(x, y, { margin: 1.1, direction: 'at-least' })).toMatchObject({
      pOnLogs: expect.closeTo(0.0240152940813284, 12) as number,
      pOnValues: expect.closeTo(0.0251732755521898, 12) as number,
      p: expect.closeTo(0.0251732755521898, 12) as number,
    });
  });

  it.each([
    ['no trial', arm(), y, 'too-few-trials'],
    ['one trial', arm(3), y, 'too-few-trials'],
    ['zero throughput', arm(3, 0, 4), y, 'non-positive-values'],
    ['what is no number', arm(3, Number.NaN), y, 'non-positive-values'],
    ['an endless latency', arm(3, Infinity), y, 'non-positive-values'],
    ['all values equal', arm(3, 3), arm(4, 4, 4), 'constant-data'],
    ['values that differ by their rounding', arm(0.3, 0.1 + 0.2), arm(4, 4), 'constant-data'],
  ])('says why %s cannot be compared', (_what, treatment, baseline, reason) => {
    for (const result of [
      compareMeans(treatment, baseline),
      marginTest(treatment, baseline, { margin: 1.5, direction: 'at-most' }),
      equivalence(treatment, baseline, { margin: 1.05 }),
      minimumDetectableRatio(treatment, baseline),
      trialsToDecide(treatment, baseline),
    ])
      expect(result).toMatchObject({ kind: 'degenerate', reason });
  });

  it('goes on when only one arm is constant', () => {
    const result = compareMeans(arm(3, 3, 3), y);
    expect(isDegenerate(result)).toBe(false);
    expect(result).toMatchObject({ df: expect.closeTo(3, 12) as number });
  });

  it('refuses questions without an answer', () => {
    expect(() => compareMeans(x, y, { nullRatio: 0 })).toThrow(RangeError);
    expect(() => compareMeans(x, y, { confidence: 1 })).toThrow(RangeError);
    expect(() => marginTest(x, y, { margin: -1, direction: 'at-least' })).toThrow(RangeError);
    expect(() => equivalence(x, y, { margin: 1 })).toThrow(RangeError);
    expect(() => minimumDetectableRatio(x, y, { power: 1 })).toThrow(RangeError);
  });
});
