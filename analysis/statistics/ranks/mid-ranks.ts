/** Ranks with ties shared. Doubled, every rank is a whole number: sums of them can be compared and counted exactly. */

export interface MidRanks {
  /** Twice the rank of each value, in the order of the values; tied values share the mean of their ranks. */
  readonly doubled: readonly number[];
  /** Σ(t³ − t) over groups of t tied values: what ties take from the variance of a rank sum. 0 without ties. */
  readonly tieTerm: number;
}

/** @param values finite, in any order */
export function midRanks(values: readonly number[]): MidRanks {
  const order = Array.from(values, (value, index) => ({ value, index })).sort((a, b) => a.value - b.value);
  const doubled = new Array<number>(values.length).fill(0);
  let tieTerm = 0;
  for (let first = 0; first < order.length;) {
    let next = first + 1;
    while (next < order.length && order[next]?.value === order[first]?.value) next += 1;
    // The ranks first+1 … next, shared: twice their mean is the sum of the two at the ends.
    for (const { index } of order.slice(first, next)) doubled[index] = first + 1 + next;
    tieTerm += (next - first) ** 3 - (next - first);
    first = next;
  }
  return { doubled, tieTerm };
}

/** Means of the ranks are exact in halves of whole numbers up to 2⁵³. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
