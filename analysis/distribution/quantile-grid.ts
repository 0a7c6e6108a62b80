/** Which quantiles are looked at, and how many requests each needs. */

/** Ascending; with the quartiles for boxes. */
export const probabilities = [
  ...[0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999],
] as const;

/**
 * Smallest sample in which a two-sided 95 % interval for the quantile ends at observed values: max(p, 1−p)^n ≤ 0.025.
 * 6, 36, 72, 368, 3688 for p50, p90, p95, p99, p99.9, as in the tables.
 */
export function fewestFor(probability: number): number {
  return Math.ceil(Math.log(0.025) / Math.log(Math.max(probability, 1 - probability)));
}
