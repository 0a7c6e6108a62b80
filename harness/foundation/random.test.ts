import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedRandom, shuffled, splitMix64 } from './random.ts';

describe('SplitMix64', () => {
  it('gives the published sequence for seed 1234567, upper halves', () => {
    const published = [
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
    ];
    const random = splitMix64(1234567n);
    expect(published.map(() => random.nextUint32())).toEqual(published.map((value) => Number(value >> 32n)));
  });

  it('stays below its bound', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), fc.integer({ min: 1, max: 2 ** 32 - 1 }), (seed, bound) => {
        const value = splitMix64(BigInt(seed)).below(bound);
        expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true);
      }),
    );
  });

  it('does not favour the small values of a bound that does not divide 2^32', () => {
    const random = splitMix64(1n);
    const draws = Array.from({ length: 3000 }, () => random.below(3 * 2 ** 30));
    // A third is right; a plain remainder would give a half.
    expect(draws.filter((value) => value < 2 ** 30).length / 3000).toBeCloseTo(1 / 3, 1);
  });

  it('is independent for every purpose and seed', () => {
    const firsts = [0, 1, 2 ** 32 - 1].flatMap((seed) =>
      ['block 0', 'block 1', 'trial 1'].map((purpose) => derivedRandom(seed, purpose).nextUint32()),
    );
    expect(new Set(firsts).size).toBe(9);
  });
});

describe('a shuffle', () => {
  it('is a permutation and leaves its input alone', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
        const before = [...items];
        const order = shuffled(items, derivedRandom(seed, 'x'));
        expect(items).toEqual(before);
        expect([...order].sort((a, b) => a - b)).toEqual(before.sort((a, b) => a - b));
      }),
    );
  });

  it('gives each of the 6 orders of 3 things equally often (chi-squared, 5 degrees, p = 0.001)', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed += 1) {
      const order = shuffled(['a', 'b', 'c'], derivedRandom(seed, 'block 0')).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(6);
    expect(chiSquared).toBeLessThan(20.5);
  });
});
