/**
 * A ratio strata holds itself to: two things measured side by side in one run, because a time on a shared machine
 * says nothing on its own.
 */

export interface Ratio {
  readonly id: string;
  readonly value: number;
  readonly target: number;
  /** `max`: the value must not exceed the target; `min`: it must reach it. */
  readonly direction: 'max' | 'min';
  readonly unit: string;
  readonly pass: boolean;
  /** The figures the ratio was made of. */
  readonly detail: string;
}

export interface Measured {
  readonly value: number;
  readonly detail: string;
}

export interface Measure {
  readonly id: string;
  readonly target: number;
  readonly direction: 'max' | 'min';
  readonly unit: string;
  /** What is compared with what, for `--list` and the table. */
  readonly what: string;
  measure(bench: BenchScope): Promise<Measured>;
}

export interface BenchScope {
  /** Empty private directory, removed afterwards. */
  readonly scratchDir: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

export function judge(measure: Measure, { value, detail }: Measured): Ratio {
  const { id, target, direction, unit } = measure;
  const pass = direction === 'max' ? value <= target : value >= target;
  return { id, value, target, direction, unit, pass, detail };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('the median of nothing');
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}
