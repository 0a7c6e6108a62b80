/**
 * Corrections for having asked many questions: a grid of 15 × 7 × 3 comparisons at α = 0.05 finds sixteen differences
 * where there are none.
 *
 * Both take p values in any order and give them back in the same order, never smaller, at most 1; the input is left as
 * it is. Computed by `@stdlib/stats-padjust` (its `bonferroni` writes into its input and its `hommel` is wrong: neither
 * is used). Oracle: R `p.adjust`.
 */
import padjust from '@stdlib/stats-padjust';

/**
 * Holm: the chance of one false rejection or more in the family stays at most α, whatever the dependence between the
 * tests. max over j ≤ i of (m − j + 1) · p₍ⱼ₎, in rising order.
 * Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scand. J. Statist. 6 (1979).
 *
 * @throws RangeError for a p outside [0, 1]
 */
export function holm(ps: readonly number[]): readonly number[] {
  return adjusted(ps, 'holm');
}

/**
 * Benjamini and Hochberg: of what is rejected, at most the share α is false on average, for independent or positively
 * dependent tests. min over j ≥ i of (m / j) · p₍ⱼ₎, in rising order.
 * Source: Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", JRSS B 57 (1995).
 *
 * @throws RangeError for a p outside [0, 1]
 */
export function benjaminiHochberg(ps: readonly number[]): readonly number[] {
  return adjusted(ps, 'bh');
}

function adjusted(ps: readonly number[], method: 'holm' | 'bh'): readonly number[] {
  const odd = ps.find((p) => !(p >= 0 && p <= 1));
  if (odd !== undefined) throw new RangeError(`a p value lies between 0 and 1; got ${odd}`);
  return ps.length === 0 ? [] : padjust([...ps], method);
}
