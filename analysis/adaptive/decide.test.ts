import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trialRecord, sampleCell, sampleMetrics } from '../../results/store/records.fixture.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import type { StoppingRule } from '../../harness/foundation/stopping.ts';
import { decideAfter } from './decide.ts';

const rule: StoppingRule = { precision: 0.05, leastBlocks: 5, mostBlocks: 30 };

/** A record of each cell in each block, from the throughputs of its trials; latencies move against them. */
function recordsOf(throughputs: Readonly<Record<string, readonly number[]>>): TrialRecord[] {
  return Object.entries(throughputs).flatMap(([cellKey, values], cell) =>
    values.map((throughputPerS, block) => {
      const id = `t${block}-${cell}`;
      const trial = { id, cell: sampleCell, cellKey, block, position: block, seed: 1 };
      const latency = { ...sampleMetrics.latencyMs, p50: 1000 / throughputPerS, p95: 2000 / throughputPerS };
      return trialRecord(trial, { metrics: { ...sampleMetrics, throughputPerS, latencyMs: latency } });
    }),
  );
}

const steady = [100, 101, 100, 99, 100, 101, 100, 99];
const restless = [100, 200, 50, 100, 200, 50, 100, 200];
const after = (block: number, throughputs: Readonly<Record<string, readonly number[]>>, its = rule) =>
  decideAfter(block, its, Object.keys(throughputs), recordsOf(throughputs));

describe('the decision after a block', () => {
  it('is to stop when every interval was narrow twice, not before and not for one cell', () => {
    expect(after(3, { a: steady })).toMatchObject({ decision: 'continue', reason: 'least', wide: 3 });
    expect(after(4, { a: steady })).toMatchObject({ decision: 'continue', reason: 'once', wide: 0 });
    expect(after(5, { a: steady })).toMatchObject({ decision: 'stop', reason: 'narrow', intervals: 3 });
    expect(after(5, { a: steady, b: restless })).toMatchObject({
      ...{ decision: 'continue', reason: 'wide', intervals: 6, wide: 3 },
      widest: { cellKey: 'b', trials: 6 },
    });
  });

  it('starts over when an interval widens again', () => {
    const late = [100, 101, 100, 99, 100, 150, 100, 100];
    expect(after(4, { a: late }).reason).toBe('once');
    expect(after(5, { a: late }).reason).toBe('wide');
  });

  it('is to stop at the cap whatever the intervals, and says so', () => {
    const capped = { ...rule, mostBlocks: 6 };
    expect(after(5, { a: restless }, capped)).toMatchObject({ decision: 'stop', reason: 'cap', wide: 3 });
    expect(after(4, { a: steady }, { ...rule, mostBlocks: 5 })).toMatchObject({ reason: 'cap', wide: 0 });
  });

  it('takes failed and invalid trials for no information, not for narrow intervals', () => {
    const records = recordsOf({ a: steady }).map((record, index): TrialRecord =>
      index === 2
        ? { ...record, status: 'failed' }
        : index === 3
          ? { ...record, invalid: ['saturated'] }
          : record,
    );
    expect(decideAfter(5, rule, ['a'], records)).toMatchObject({
      reason: 'wide',
      widest: { trials: 4, relativeHalfWidth: null },
    });
    expect(decideAfter(7, rule, ['a'], records)).toMatchObject({ decision: 'stop', reason: 'narrow' });
  });

  it('never stops for a cell whose trials all fail, before the cap', () => {
    const records = recordsOf({ a: steady, b: steady }).map((record): TrialRecord =>
      record.cellKey === 'b' ? { ...record, status: 'failed', metrics: null } : record,
    );
    expect(decideAfter(7, rule, ['a', 'b'], records)).toMatchObject({ reason: 'wide', wide: 3 });
  });

  it('leaves out a quantile that the trials are too short for', () => {
    const records = recordsOf({ a: steady }).map((record): TrialRecord => ({
      ...record,
      metrics: { ...sampleMetrics, latencyMs: { ...sampleMetrics.latencyMs, p95: null } },
    }));
    expect(decideAfter(5, rule, ['a'], records)).toMatchObject({ reason: 'narrow', intervals: 2 });
  });

  it('has no interval for figures without a logarithm, and a narrow one for constants', () => {
    expect(after(5, { a: [100, 100, 0, 100, 100, 100] })).toMatchObject({
      reason: 'wide',
      widest: { metric: 'throughput', relativeHalfWidth: null },
    });
    expect(after(5, { a: [100, 100, 100, 100, 100, 100] })).toMatchObject({
      reason: 'narrow',
      widest: { relativeHalfWidth: expect.closeTo(0, 9) as number },
    });
  });
});

const cells = fc.array(
  fc.array(fc.double({ min: 90, max: 110, noNaN: true }), { minLength: 8, maxLength: 8 }),
  { minLength: 2, maxLength: 4 },
);
const named = (names: readonly string[], values: readonly (readonly number[])[]) =>
  Object.fromEntries(values.map((trials, index) => [names[index] ?? '', trials]));
const names = ['a', 'b', 'c', 'd'];
/** What a decision is, without the name of the widest. */
const essence = ({ decision, reason, wide, widest }: ReturnType<typeof after>) => ({
  ...{ decision, reason, wide },
  widest: widest?.relativeHalfWidth?.toPrecision(9),
});

describe('the rule is blind', () => {
  it('to which cell is which', () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 4, max: 7 }), (values, block) => {
        const shuffled = [...values].reverse();
        expect(essence(after(block, named(names, shuffled)))).toEqual(
          essence(after(block, named(names, values))),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('to how cells differ: scaling one of them changes every ratio and no decision', () => {
    fc.assert(
      fc.property(cells, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, factor) => {
        const scaled = values.map((trials, index) => trials.map((x) => (index === 0 ? x * factor : x)));
        expect(essence(after(7, named(names, scaled)))).toEqual(essence(after(7, named(names, values))));
      }),
      { numRuns: 25 },
    );
  });

  it('to what came after', () => {
    fc.assert(
      fc.property(cells, fc.integer({ min: 3, max: 6 }), (values, block) => {
        const cut = values.map((trials) => trials.slice(0, block + 1));
        expect(after(block, named(names, values))).toEqual(after(block, named(names, cut)));
      }),
      { numRuns: 25 },
    );
  });
});
