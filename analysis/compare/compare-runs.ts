/**
 * Two runs, cell by cell: the ratio B / A of the geometric means over trials, with what may be said of it. Pure.
 *
 * Welch on the logarithms for the ratio, its interval and p; TOST for "the same within 5 %"; Cliff's δ for the size of
 * the difference. All cells and figures are one family: differences and equivalences are corrected by Benjamini and
 * Hochberg, each among themselves, because nobody declared them before the data. A regression has to be proven beyond
 * a margin (one-sided, on logarithms and by Fieller), corrected by Holm, because it raises an alarm.
 */
import type { Cell } from '../../harness/foundation/cell.ts';
import { isBetterHigher, type MetricName } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { benjaminiHochberg, holm } from '../statistics/adjust.ts';
import { isDegenerate } from '../statistics/outcome.ts';
import { cliffsDelta } from '../statistics/two-arms/cliffs-delta.ts';
import { equivalence } from '../statistics/two-arms/equivalence.ts';
import { marginTest } from '../statistics/two-arms/margin-test.ts';
import { compareMeans } from '../statistics/two-arms/welch-log.ts';
import { summariesOf, type TrialSummary } from '../trial-summary.ts';
import { usableTrials } from '../attempts.ts';

export const comparedMetrics = ['throughput', 'p50', 'p95', 'p99'] as const satisfies readonly MetricName[];
export type ComparedMetric = (typeof comparedMetrics)[number];

export const alpha = 0.05;
/** Within this factor two cells are the same for practical purposes. */
export const sameWithin = 1.05;

/** `unknown`: no test could be made; see the remark. */
export const comparisonVerdicts = ['faster', 'slower', 'same', 'inconclusive', 'unknown'] as const;
export type ComparisonVerdict = (typeof comparisonVerdicts)[number];

/** One figure of one cell in both runs; ratios are B / A. */
export interface CellComparison {
  readonly cell: Cell;
  readonly cellKey: string;
  readonly metric: ComparedMetric;
  readonly trials: { readonly a: number; readonly b: number };
  readonly ratio: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly p: number | null;
  readonly pAdjusted: number | null;
  /** Of "the same within 5 %", corrected. */
  readonly pSame: number | null;
  readonly cliffsDelta: number | null;
  readonly verdict: ComparisonVerdict;
  /** The loss that would be a regression, as a share: the threshold, or the noise floor where that is larger. */
  readonly allowedLoss: number;
  /** Of "the loss is larger than allowed", corrected; null where it was not tested. */
  readonly pRegression: number | null;
  readonly isRegression: boolean;
  /** Why there is no test; empty otherwise. */
  readonly remark: string;
}

export interface RunComparison {
  readonly comparisons: readonly CellComparison[];
  /** Cells that the other run does not have. */
  readonly onlyA: readonly Cell[];
  readonly onlyB: readonly Cell[];
}

/** @param allowedLoss by cell, figure and trials of the smaller arm, as a share; 0.05 = 5 % */
export function compareRuns(
  a: readonly TrialRecord[],
  b: readonly TrialRecord[],
  allowedLoss: (cell: Cell, metric: ComparedMetric, trials: number) => number,
): RunComparison {
  const [cellsA, cellsB] = [cellsOf(a), cellsOf(b)];
  const both = [...cellsA].filter(([key]) => cellsB.has(key));
  const raw = both.flatMap(([key, cell]) => {
    const ofCell = (records: readonly TrialRecord[]) =>
      usableTrials(records.filter(({ cellKey }) => cellKey === key));
    const [ofA, ofB] = [ofCell(a), ofCell(b)];
    return comparedMetrics.flatMap((metric) => {
      const arms = { a: summariesOf(ofA, metric), b: summariesOf(ofB, metric) };
      const hasFigure = arms.a.length + arms.b.length > 0 || metric === 'throughput';
      const allowed = allowedLoss(cell, metric, Math.min(arms.a.length, arms.b.length));
      return hasFigure ? [compareFigure(cell, key, metric, arms, allowed)] : [];
    });
  });
  return {
    comparisons: corrected(raw),
    onlyA: [...cellsA].filter(([key]) => !cellsB.has(key)).map(([, cell]) => cell),
    onlyB: [...cellsB].filter(([key]) => !cellsA.has(key)).map(([, cell]) => cell),
  };
}

function cellsOf(records: readonly TrialRecord[]): ReadonlyMap<string, Cell> {
  return new Map(records.map(({ cellKey, cell }) => [cellKey, cell]));
}

interface Arms {
  readonly a: readonly TrialSummary[];
  readonly b: readonly TrialSummary[];
}

/** Before any correction; the verdict is still to come. */
function compareFigure(
  cell: Cell,
  cellKey: string,
  metric: ComparedMetric,
  { a, b }: Arms,
  allowedLoss: number,
): CellComparison {
  const shared = { cell, cellKey, metric, trials: { a: a.length, b: b.length }, allowedLoss };
  const open = { verdict: 'inconclusive', isRegression: false, remark: '' } as const;
  const means = compareMeans(b, a);
  const same = equivalence(b, a, { margin: sameWithin, alpha });
  const loss = lossTest(b, a, metric, allowedLoss);
  if (isDegenerate(means) || isDegenerate(same) || isDegenerate(loss)) {
    const remark = isDegenerate(means) ? means.text : 'the tests contradict each other';
    return { ...shared, ...open, ...untested, ratio: plainRatio(b, a), verdict: 'unknown', remark };
  }
  const { ratio, ciLow, ciHigh, p } = means;
  const delta = cliffsDelta(b, a);
  return {
    ...shared,
    ...open,
    ...{ ratio, ciLow, ciHigh, p, pAdjusted: p, pSame: same.p, pRegression: loss.p },
    cliffsDelta: isDegenerate(delta) ? null : delta.delta,
  };
}

const untested = {
  ...{ ciLow: null, ciHigh: null, p: null, pAdjusted: null, pSame: null },
  ...{ cliffsDelta: null, pRegression: null },
} as const;

function lossTest(
  b: readonly TrialSummary[],
  a: readonly TrialSummary[],
  metric: ComparedMetric,
  allowed: number,
) {
  return isBetterHigher(metric)
    ? marginTest(b, a, { margin: 1 / (1 + allowed), direction: 'at-most', alpha })
    : marginTest(b, a, { margin: 1 + allowed, direction: 'at-least', alpha });
}

/** Of geometric means, where a test cannot be made but both arms have positive figures. */
function plainRatio(b: readonly TrialSummary[], a: readonly TrialSummary[]): number | null {
  if (a.length === 0 || b.length === 0 || [...a, ...b].some(({ value }) => !(value > 0))) return null;
  const meanLog = (arm: readonly TrialSummary[]) =>
    arm.reduce((sum, { value }) => sum + Math.log(value), 0) / arm.length;
  return Math.exp(meanLog(b) - meanLog(a));
}

function corrected(raw: readonly CellComparison[]): readonly CellComparison[] {
  const tested = raw.filter(({ p }) => p !== null);
  const adjust = (by: typeof holm, pick: (each: CellComparison) => number | null) => {
    const adjusted = by(tested.map((each) => pick(each) ?? 1));
    return new Map(tested.map((each, index) => [each, adjusted[index] ?? 1]));
  };
  const different = adjust(benjaminiHochberg, ({ p }) => p);
  const same = adjust(benjaminiHochberg, ({ pSame }) => pSame);
  const lost = adjust(holm, ({ pRegression }) => pRegression);
  return raw.map((each) => {
    const [pAdjusted, pSame, pRegression] = [different.get(each), same.get(each), lost.get(each)];
    if (pAdjusted === undefined || pSame === undefined || pRegression === undefined) return each;
    const verdict = verdictOf(each, pAdjusted, pSame);
    return { ...each, pAdjusted, pSame, pRegression, verdict, isRegression: pRegression < alpha };
  });
}

/** A difference that is certain and smaller than 5 % is "the same": certainty is no size. */
function verdictOf({ ratio, metric }: CellComparison, pAdjusted: number, pSame: number): ComparisonVerdict {
  if (pSame < alpha) return 'same';
  if (pAdjusted >= alpha || ratio === null) return 'inconclusive';
  return ratio > 1 === isBetterHigher(metric) ? 'faster' : 'slower';
}
