import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCounts, parseCounts } from './counts.ts';

const limits = { min: 1, max: 64 };

describe('range text', () => {
  it.each([
    ['5', [5]],
    ['1,3,5', [1, 3, 5]],
    [' 1, 3 , 5 ', [1, 3, 5]],
    ['1-4', [1, 2, 3, 4]],
    ['1-15x2', [1, 3, 5, 7, 9, 11, 13, 15]],
    ['1-15x2(odd)', [1, 3, 5, 7, 9, 11, 13, 15]],
    ['1-6(odd)', [1, 3, 5]],
    ['1-6(even)', [2, 4, 6]],
    ['1-64*2', [1, 2, 4, 8, 16, 32, 64]],
    ['3-50*3', [3, 9, 27]],
    ['1,4-6', [1, 4, 5, 6]],
    ['7-7', [7]],
  ])('%s', (text, counts) => {
    expect(parseCounts(text, limits)).toEqual({ ok: true, value: counts });
  });

  it('may have words for counts, and never more counts than a sweep has a use for', () => {
    const wide = { min: 0, max: 60_000_000 };
    expect(parseCounts('60,max', wide, { max: 0 })).toEqual({ ok: true, value: [60, 0] });
    expect(parseCounts('max-60', wide, { max: 0 })).toMatchObject({ ok: false });
    expect(parseCounts('constructor', wide, { max: 0 })).toMatchObject({ ok: false });
    expect(parseCounts('1-100', wide)).toMatchObject({ ok: true });
    for (const text of ['1-60000000', '0-100', '1-100,200'])
      expect(parseCounts(text, wide)).toMatchObject({
        reason: expect.stringMatching(/more than 100 counts$/) as string,
      });
  });

  it.each([
    ['', '"" is not a count or a range'],
    ['1,,3', '"" is not a count or a range'],
    ['1.5', '"1.5" is not a count or a range'],
    ['-3', '"-3" is not a count or a range'],
    ['0', '0 is outside 1–64'],
    ['1-999999999', '999999999 is outside 1–64'],
    ['9-3', '"9-3" runs downwards: write 3-9'],
    ['1-9x0', '"1-9x0" would never end: x0'],
    ['1-9*1', '"1-9*1" would never end: *1'],
    ['2-8x2(odd)', '"2-8x2(odd)" contains no odd number'],
    ['1,3,1', '1 occurs twice'],
    ['1-5,3', '3 occurs twice'],
    ['max', '"max" is not a count or a range'],
  ])('%s is refused: %s', (text, reason) => {
    expect(parseCounts(text, limits)).toEqual({ ok: false, reason });
  });

  it('reads back every list it writes', () => {
    const anyCounts = fc.uniqueArray(fc.integer(limits), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(anyCounts, (counts) => {
        expect(parseCounts(formatCounts(counts), limits)).toEqual({ ok: true, value: counts });
      }),
    );
  });

  it('writes regular lists as ranges and reads them back', () => {
    const regular = fc.record({
      first: fc.integer({ min: 1, max: 8 }),
      step: fc.integer({ min: 2, max: 5 }),
      isGeometric: fc.boolean(),
    });
    fc.assert(
      fc.property(regular, ({ first, step, isGeometric }) => {
        const text = `${first}-64${isGeometric ? '*' : 'x'}${step}`;
        const parsed = parseCounts(text, limits);
        if (!parsed.ok) throw new Error(parsed.reason);
        if (parsed.value.length >= 3) expect(formatCounts(parsed.value)).toMatch(/^\d+-\d+[x*]\d+$/);
        expect(parseCounts(formatCounts(parsed.value), limits)).toEqual(parsed);
      }),
    );
  });
});
