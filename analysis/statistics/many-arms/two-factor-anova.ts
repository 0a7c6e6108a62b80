/**
 * Do two factors of the cells, or the two together, change the metric: analysis of variance of ln x with blocks, for a
 * balanced design only. What is balanced needs no choice between kinds of sums of squares; what is not is refused.
 */
import fCdf from '@stdlib/stats-base-dists-f-cdf';
import type { TrialSummary } from '../../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from '../outcome.ts';

export interface AnovaRow {
  readonly df: number;
  readonly sumOfSquares: number;
  readonly f: number;
  readonly p: number;
}

export interface TwoFactorAnova {
  readonly first: AnovaRow;
  readonly second: AnovaRow;
  /** Effects of the factors on the ratio scale do not simply multiply. */
  readonly interaction: AnovaRow;
  readonly blocks: AnovaRow;
  readonly residual: { readonly df: number; readonly sumOfSquares: number };
  readonly n: number;
}

/**
 * ln x = μ + blockₖ + αᵢ + βⱼ + (αβ)ᵢⱼ + ε (randomised complete blocks; Montgomery, "Design and Analysis of Experiments",
 * 2017, 5.6), with a, b levels and r blocks: F = (SS / df) / (SS_residual / ((ab − 1)(r − 1))).
 *
 * @param cells trials by level of the first factor, then of the second; each block once in each cell
 */
export function twoFactorAnova(
  cells: readonly (readonly (readonly TrialSummary[])[])[],
): TwoFactorAnova | Degenerate {
  const table = logTable(cells);
  if (isDegenerate(table)) return table;
  const { values, a, b, r } = table;
  const n = a * b * r;
  const grand = values.reduce((sum, value) => sum + value, 0) / n;
  const total = squaresOf(values, grand, (index) => index, n, 1);
  const cellsSum = squaresOf(values, grand, (index) => Math.floor(index / r), a * b, r);
  const first = squaresOf(values, grand, (index) => Math.floor(index / (b * r)), a, b * r);
  const second = squaresOf(values, grand, (index) => Math.floor(index / r) % b, b, a * r);
  const blocks = squaresOf(values, grand, (index) => index % r, r, a * b);
  const residual = { df: (a * b - 1) * (r - 1), sumOfSquares: residualSquares(values, a * b, r) };
  if (!(residual.sumOfSquares > rounding * total))
    return degenerate(
      'constant-data',
      `within blocks and cells nothing is left of ${n} trials that varies by chance`,
    );
  const row = (df: number, sumOfSquares: number): AnovaRow => {
    const f = sumOfSquares / df / (residual.sumOfSquares / residual.df);
    return { df, sumOfSquares, f, p: upperTail(f, df, residual.df) };
  };
  return {
    first: row(a - 1, first),
    second: row(b - 1, second),
    interaction: row((a - 1) * (b - 1), Math.max(0, cellsSum - first - second)),
    blocks: row(r - 1, blocks),
    residual,
    n,
  };
}

/** A smaller share of the whole is the rounding of arithmetic. */
const rounding = 1e-20;

interface LogTable {
  /** By first factor, second factor, block. */
  readonly values: Float64Array;
  readonly a: number;
  readonly b: number;
  readonly r: number;
}

function logTable(cells: readonly (readonly (readonly TrialSummary[])[])[]): LogTable | Degenerate {
  const [a, b] = [cells.length, cells[0]?.length ?? 0];
  const blocks = [...new Set(cells.flat(2).map(({ block }) => block))].sort((x, y) => x - y);
  if (a < 2 || b < 2 || blocks.length < 2)
    return degenerate('too-few-trials', `${a} × ${b} cells in ${blocks.length} blocks; each needs 2`);
  const values: number[] = [];
  for (const [i, row] of cells.entries()) {
    if (row.length !== b)
      return degenerate(
        'unbalanced',
        `level ${i + 1} of the first factor has ${row.length} cells, level 1 has ${b}`,
      );
    for (const [j, cell] of row.entries()) {
      const sorted = cell.toSorted((x, y) => x.block - y.block);
      if (sorted.length !== blocks.length || sorted.some(({ block }, k) => block !== blocks[k]))
        return degenerate(
          'unbalanced',
          `cell ${i + 1}, ${j + 1} has ${cell.length} trials where each of ${blocks.length} blocks has one`,
        );
      const odd = sorted.find(({ value }) => !(value > 0 && Number.isFinite(value)));
      if (odd !== undefined)
        return degenerate(
          'non-positive-values',
          `trial ${odd.trialId} has the value ${odd.value}, which has no logarithm`,
        );
      values.push(...sorted.map(({ value }) => Math.log(value)));
    }
  }
  return { values: Float64Array.from(values), a, b, r: blocks.length };
}

/** Σ over groups of size · (mean − grand mean)². */
function squaresOf(
  values: Float64Array,
  grand: number,
  groupOf: (index: number) => number,
  groups: number,
  size: number,
): number {
  const sums = new Float64Array(groups);
  values.forEach((value, index) => {
    const group = groupOf(index);
    sums[group] = (sums[group] ?? 0) + (value - grand);
  });
  return sums.reduce((total, sum) => total + (sum * sum) / size, 0);
}

/** From the residuals themselves: the difference of the other sums would lose the digits of a small one. */
function residualSquares(values: Float64Array, cells: number, r: number): number {
  const cellMean = new Float64Array(cells);
  const blockMean = new Float64Array(r);
  values.forEach((value, index) => {
    const [cell, block] = [Math.floor(index / r), index % r];
    cellMean[cell] = (cellMean[cell] ?? 0) + value / r;
    blockMean[block] = (blockMean[block] ?? 0) + value / cells;
  });
  const grand = blockMean.reduce((sum, mean) => sum + mean, 0) / r;
  return values.reduce((total, value, index) => {
    const fitted = (cellMean[Math.floor(index / r)] ?? 0) + (blockMean[index % r] ?? 0) - grand;
    return total + (value - fitted) ** 2;
  }, 0);
}

/** P(F > f), by 1 / F with the degrees of freedom changed over, which keeps the digits of a small p. */
function upperTail(f: number, df1: number, df2: number): number {
  return f > 0 ? fCdf(1 / f, df2, df1) : 1;
}
