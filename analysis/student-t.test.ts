import { describe, expect, it } from 'vitest';
import { incompleteBeta, studentTCdf, studentTQuantile } from './student-t.ts';

/** P(|T| ≤ t) as a finite sum, exact for whole degrees of freedom (Abramowitz & Stegun 26.7.3 and 26.7.4). */
function centralProbability(t: number, df: number): number {
  const angle = Math.atan(t / Math.sqrt(df));
  const cosine = Math.cos(angle);
  const isOdd = df % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = df === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= df - 2; k += 2) {
    term *= (cosine * cosine * (k - 1)) / k;
    sum += term;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

describe("Student's t", () => {
  it('has the distribution that the exact sums give, for 1 to 200 degrees of freedom', () => {
    for (let df = 1; df <= 200; df += 1)
      for (const t of [0.01, 0.5, 1, 1.96, 3, 8, 40, 500]) {
        const exact = 0.5 + centralProbability(t, df) / 2;
        expect(Math.abs(studentTCdf(t, df) - exact), `t=${t} df=${df}`).toBeLessThan(1e-12);
        expect(Math.abs(studentTCdf(-t, df) - (1 - exact)), `t=${-t} df=${df}`).toBeLessThan(1e-12);
      }
  });

  it.each([
    [1, 12.706204736432095],
    [2, 4.302652729911275],
    [3, 3.182446305284263],
    [4, 2.776445105197793],
    [5, 2.570581835636314],
    [9, 2.2621571628540993],
    [10, 2.2281388519649385],
    [29, 2.045229642132703],
    [30, 2.0422724563012373],
    [100, 1.983971518523552],
  ])('has the tabled 97.5 % point with %i degrees of freedom', (df, expected) => {
    expect(Math.abs(studentTQuantile(0.975, df) / expected - 1)).toBeLessThan(1e-9);
    expect(studentTQuantile(0.025, df)).toBe(-studentTQuantile(0.975, df));
  });

  it('comes back from probability to t, far into the tails', () => {
    for (const df of [1, 2.5, 7, 1000])
      for (const probability of [0.51, 0.9, 0.999, 1 - 1e-6])
        expect(Math.abs(studentTCdf(studentTQuantile(probability, df), df) - probability)).toBeLessThan(
          1e-12,
        );
  });

  it('refuses what has no quantile', () => {
    for (const [probability, df] of [
      [0, 3],
      [1, 3],
      [NaN, 3],
      [0.9, 0],
    ] as const)
      expect(() => studentTQuantile(probability, df)).toThrow(RangeError);
  });
});

it('the incomplete beta function is symmetric and a uniform distribution for a = b = 1', () => {
  for (const x of [0, 0.1, 0.5, 0.9, 1]) {
    expect(incompleteBeta(x, 1, 1)).toBeCloseTo(x, 14);
    expect(incompleteBeta(x, 2.5, 7)).toBeCloseTo(1 - incompleteBeta(1 - x, 7, 2.5), 14);
  }
});
