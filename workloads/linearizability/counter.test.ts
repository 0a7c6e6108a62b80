import { expect, it } from 'vitest';
import { applyToCounter } from './counter.ts';

it('the counter reads, counts up, and halves only what is above 30, rounding down', () => {
  expect(applyToCounter(7, 'get')).toBe(7);
  expect(applyToCounter(7, 'inc')).toBe(8);
  expect([0, 29, 30, 31, 32, 33].map((value) => applyToCounter(value, 'dou'))).toEqual([
    0, 29, 30, 15, 16, 16,
  ]);
});
