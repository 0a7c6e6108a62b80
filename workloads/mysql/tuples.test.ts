import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { laneSeed, tupleText, tupleValue } from './tuples.ts';

describe('the tuples', () => {
  it('are the same for the same seed, instance, loop and number: these never change', () => {
    const ofLane = laneSeed(42, 1, 7);
    expect([0, 1, 2].map((seq) => `${tupleValue(ofLane, seq)} ${tupleText(ofLane, seq, 12)}`)).toEqual([
      '92 wmbkurkusquk',
      '81 ruwrjyberpun',
      '0 uuaajxsylbzj',
    ]);
    expect(tupleText(laneSeed(42, 1, 7), 1, 12)).toBe(tupleText(ofLane, 1, 12));
  });

  it('differ when any of the four differs', () => {
    const reference = tupleText(laneSeed(42, 1, 7), 5, 32);
    const others = [
      tupleText(laneSeed(43, 1, 7), 5, 32),
      tupleText(laneSeed(42 + 2 ** 32, 1, 7), 5, 32),
      tupleText(laneSeed(42, 2, 7), 5, 32),
      tupleText(laneSeed(42, 1, 8), 5, 32),
      tupleText(laneSeed(42, 1, 7), 6, 32),
    ];
    expect(new Set([reference, ...others]).size).toBe(6);
  });

  it('have a number from 0 to 100 and letters a–z of the length asked for', () => {
    const small = fc.nat({ max: 63 });
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        small,
        small,
        fc.nat(),
        fc.nat({ max: 700 }),
        (seed, origin, lane, seq, length) => {
          const ofLane = laneSeed(seed, origin, lane);
          const value = tupleValue(ofLane, seq);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(100);
          expect(tupleText(ofLane, seq, length)).toMatch(new RegExp(`^[a-z]{${length}}$`));
        },
      ),
    );
  });

  it('use every number and every letter about equally often', () => {
    const ofLane = laneSeed(1, 0, 0);
    const values = new Array<number>(101).fill(0);
    const letters = new Map<string, number>();
    for (let seq = 0; seq < 20_200; seq += 1) {
      const value = tupleValue(ofLane, seq);
      values[value] = (values[value] ?? 0) + 1;
      for (const letter of tupleText(ofLane, seq, 13)) letters.set(letter, (letters.get(letter) ?? 0) + 1);
    }
    // 200 each are expected; five standard deviations are 71.
    expect(Math.min(...values)).toBeGreaterThan(129);
    expect(Math.max(...values)).toBeLessThan(271);
    expect(letters.size).toBe(26);
    // 10 100 each; bytes do not divide evenly among 26 letters.
    expect(Math.min(...letters.values())).toBeGreaterThan(9_000);
    expect(Math.max(...letters.values())).toBeLessThan(11_300);
  });

  it('do not follow each other from one loop to the next', () => {
    const texts = new Set<string>();
    for (let lane = 0; lane < 64; lane += 1)
      for (let seq = 0; seq < 200; seq += 1) texts.add(tupleText(laneSeed(7, lane % 15, lane), seq, 8));
    expect(texts.size).toBe(64 * 200);
  });
});
