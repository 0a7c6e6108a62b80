/**
 * Are the statistics as fast as the ones everybody trusts? The same method on the same data in the same run, each timed
 * within its own process after a warm-up, so that starting an interpreter is nobody's loss; and the answers must agree.
 */
import { execa } from 'execa';
import type { BenchScope, Measure } from '../ratio.ts';
import { compareBootstrap, compareDunn } from './statistics-many.ts';
import { compareMannWhitney } from './statistics-mann-whitney.ts';

/** One method, ours and the reference's, on the same data. */
export interface SideBySide {
  readonly method: string;
  readonly reference: string;
  readonly ownSeconds: number;
  readonly referenceSeconds: number;
}

/** @throws an error when the two disagree: times of different tests say nothing */
export type CompareWithReference = (bench: BenchScope, python: string) => Promise<SideBySide>;

/** A further method is one more of these. */
const comparisons: readonly CompareWithReference[] = [compareMannWhitney, compareBootstrap, compareDunn];

export const statsVsReference: Measure = {
  id: 'stats-vs-reference',
  target: 1,
  direction: 'max',
  unit: 'ratio',
  what: 'time of a statistical method over the same of scipy or R on the same data; the worst of them',
  async measure(bench) {
    const python = await pythonWithScipy(bench.signal);
    const seen: { readonly ratio: number; readonly detail: string }[] = [];
    for (const compare of comparisons) {
      const { method, reference, ownSeconds, referenceSeconds } = await compare(bench, python);
      const [own, other] = [ownSeconds, referenceSeconds].map((seconds) => (1000 * seconds).toFixed(1));
      const ratio = ownSeconds / referenceSeconds;
      seen.push({ ratio, detail: `${method}: strata ${own} ms, ${reference} ${other} ms` });
    }
    return {
      value: Math.max(...seen.map(({ ratio }) => ratio)),
      detail: seen.map(({ detail }) => detail).join('; '),
    };
  },
};

/** Debian's own first: another python on the path may not have scipy. */
const pythons = ['/usr/bin/python3', 'python3'];

async function pythonWithScipy(signal: AbortSignal): Promise<string> {
  for (const python of pythons) {
    const probe = await execa(python, ['-c', 'import scipy.stats'], { cancelSignal: signal, reject: false });
    if (!probe.failed) return python;
  }
  signal.throwIfAborted();
  throw new Error(
    `no scipy to compare with: ${pythons.join(' and ')} cannot import it; apt install python3-scipy`,
  );
}
