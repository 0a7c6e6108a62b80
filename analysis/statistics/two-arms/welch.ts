/**
 * Welch's t test of a difference of means, on whatever scale it is given: logarithms (`welch-log.ts`) or the values
 * themselves (`fieller.ts`).
 *
 * t = (x̄ − ȳ − δ) / √(s²ₓ/nₓ + s²ᵧ/nᵧ), with the degrees of freedom of Welch and Satterthwaite:
 * (s²ₓ/nₓ + s²ᵧ/nᵧ)² / ((s²ₓ/nₓ)²/(nₓ−1) + (s²ᵧ/nᵧ)²/(nᵧ−1)).
 * Source: B. L. Welch, "The generalization of 'Student's' problem when several different population variances are
 * involved", Biometrika 34 (1947). Computed by `@stdlib/stats-ttest2`; checked against R's `t.test`.
 */
import tCdf from '@stdlib/stats-base-dists-t-cdf';
import ttest2 from '@stdlib/stats-ttest2';
import type { Arms } from './arms.ts';

/** What speaks against the null: a treatment that lies above it, below it, or anywhere else. */
export type Alternative = 'two-sided' | 'greater' | 'less';

export interface Welch {
  readonly t: number;
  /** Not whole. */
  readonly df: number;
  readonly p: number;
  /** Two-sided interval of the difference of means, whatever the alternative. */
  readonly ciLow: number;
  readonly ciHigh: number;
}

/**
 * @param arms at least two finite values each, not both constant (`constantData`)
 * @param difference of the means, treatment − baseline, under the null
 * @param confidence of the two-sided interval, 0 < confidence < 1
 */
export function welch(arms: Arms, difference: number, alternative: Alternative, confidence: number): Welch {
  const { statistic, df, ci } = ttest2([...arms.treatment], [...arms.baseline], {
    difference,
    alpha: 1 - confidence,
  });
  const [ciLow, ciHigh] = ci as [number, number];
  return { t: statistic, df, p: tailProbability(statistic, df, alternative), ciLow, ciHigh };
}

/** Always by the lower tail: 1 − P(T ≤ t) would lose every digit of a small p. */
export function tailProbability(t: number, df: number, alternative: Alternative): number {
  if (alternative === 'two-sided') return Math.min(1, 2 * tCdf(-Math.abs(t), df));
  return tCdf(alternative === 'greater' ? -t : t, df);
}

export function meanAndError(values: readonly number[]): { readonly mean: number; readonly error: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}
