import { describe, expect, it } from 'vitest';
import { compareTuples, deviationWords, rangeWords, type SeenTuple } from './deviations.ts';

const crcOf = (seq: number) => 1000 + seq;
const all = () => true;

function seen(...sequences: readonly number[]): SeenTuple[] {
  return sequences.map((seq) => ({ seq, copies: 1, lowestCrc: crcOf(seq), highestCrc: crcOf(seq) }));
}

describe('the tuples of a loop against those expected', () => {
  it('deviate in nothing when each is there once', () => {
    const deviations = compareTuples(seen(0, 1, 2), crcOf, 3, all);
    expect(deviations).toEqual({ missing: [], doubled: [], altered: [], unexpected: [] });
    expect(deviationWords(deviations)).toBe('');
  });

  it('are missing at the beginning, in the middle and at the end', () => {
    const { missing } = compareTuples(seen(2, 3, 6), crcOf, 9, all);
    expect(missing).toEqual([
      { first: 0, last: 1 },
      { first: 4, last: 5 },
      { first: 7, last: 8 },
    ]);
  });

  it('are all missing from an empty table', () => {
    expect(compareTuples([], crcOf, 5, all).missing).toEqual([{ first: 0, last: 4 }]);
  });

  it('are not missed where they were reported as dropped, and stand out where they are there all the same', () => {
    const isExpected = (seq: number) => seq < 2 || seq > 3;
    expect(compareTuples(seen(0, 1, 4), crcOf, 5, isExpected).missing).toEqual([]);
    expect(compareTuples(seen(0, 1, 2, 4), crcOf, 5, isExpected).unexpected).toEqual([{ first: 2, last: 2 }]);
  });

  it('are doubled, altered or beyond the end, each named', () => {
    const rows = seen(0, 1, 2, 3, 7).map((row) => (row.seq === 1 ? { ...row, copies: 2 } : row));
    const altered = rows.map((row) => (row.seq === 2 ? { ...row, highestCrc: 5 } : row));
    const deviations = compareTuples(altered, crcOf, 4, all);
    expect(deviations).toEqual({
      missing: [],
      doubled: [{ first: 1, last: 1 }],
      altered: [{ first: 2, last: 2 }],
      unexpected: [{ first: 7, last: 7 }],
    });
    expect(deviationWords(deviations)).toBe('1 doubled (1), 1 altered (2), 1 unexpected (7)');
  });

  it('are named as ranges, the first of them in full', () => {
    const ranges = Array.from({ length: 10 }, (_unused, index) => ({
      first: 10 * index,
      last: 10 * index + 4,
    }));
    expect(rangeWords(ranges)).toMatch(/^0–4, 10–14, .*, 70–74 and 2 more ranges$/);
  });
});
