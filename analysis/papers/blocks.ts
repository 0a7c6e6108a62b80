/**
 * Figures that join several cells: computed within each block, whose trials met the same state of the machine, then
 * the mean over blocks. A block that lacks one of the cells gives no figure.
 */
import { meanWithInterval } from '../cell-summary.ts';
import type { Estimate } from '../../results/export/summary.ts';
import type { TrialRecord } from '../../results/store/records.ts';

/** One figure of a trial; null where it has none. */
export type FigureOf = (trial: TrialRecord) => number | null;

export interface Pair {
  /** Trials of the cell that is divided, and of the one it is divided by. */
  readonly over: readonly TrialRecord[];
  readonly under: readonly TrialRecord[];
}

export interface BlockRatio {
  /** Geometric mean over blocks, with its 95 % interval (t on the logarithms). */
  readonly estimate: Estimate;
  readonly blocks: number;
  /** Blocks in which some cell is missing. */
  readonly incomplete: number;
}

/**
 * The ratio over / under of each pair, averaged within a block by `average`, then over blocks. Pairs without any
 * common block are left out; of the rest a block must hold all.
 *
 * @returns null when no block holds them
 */
export function blockRatio(
  pairs: readonly Pair[],
  figureOf: FigureOf,
  average: (ratios: readonly number[]) => number,
): BlockRatio | null {
  const ratios = pairs.map((pair) => ratiosByBlock(pair, figureOf)).filter(({ size }) => size > 0);
  const blocks = new Set(ratios.flatMap((byBlock) => [...byBlock.keys()]));
  const values = [...blocks].flatMap((block) => {
    const ofBlock = ratios.flatMap((byBlock) => byBlock.get(block) ?? []);
    return ofBlock.length === ratios.length ? [average(ofBlock)] : [];
  });
  if (values.length === 0) return null;
  return {
    estimate: meanWithInterval(values),
    blocks: values.length,
    incomplete: blocks.size - values.length,
  };
}

function ratiosByBlock({ over, under }: Pair, figureOf: FigureOf): ReadonlyMap<number, number> {
  const byBlock = new Map<number, number>();
  for (const trial of over) {
    const other = under.find(({ block }) => block === trial.block);
    const [a, b] = [figureOf(trial), other === undefined ? null : figureOf(other)];
    if (a !== null && b !== null && a > 0 && b > 0) byBlock.set(trial.block, a / b);
  }
  return byBlock;
}

export function arithmeticMean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function geometricMean(values: readonly number[]): number {
  return Math.exp(arithmeticMean(values.map(Math.log)));
}
