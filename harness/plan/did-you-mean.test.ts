import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closest, editDistance } from './did-you-mean.ts';
import { meantKey } from './layer.ts';

describe('edit distance', () => {
  it.each([
    ['kitten', 'sitting', 3],
    ['ca', 'ac', 1],
    ['', 'abc', 3],
    ['same', 'same', 0],
  ])('between %s and %s is %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is symmetric, and zero only for equal words', () => {
    const word = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
      }),
    );
  });
});

describe('did you mean', () => {
  it.each([
    ['replica', 'replicas'],
    ['enviroment', 'env'],
    ['ENV', 'env'],
    ['shared-memory', 'sharedMemory'],
    ['warmup', 'warmupRequests'],
    ['cleints', 'clients'],
    ['timeout', 'requestTimeout'],
  ])('%s means %s', (word, key) => {
    expect(meantKey(word)).toBe(key);
  });

  it.each(['', 'x', 'banana', 'STRATA', 'a'.repeat(10_000)])('nothing is near %s', (word) => {
    expect(meantKey(word)).toBeUndefined();
    expect(closest(word, [])).toBeUndefined();
  });
});
