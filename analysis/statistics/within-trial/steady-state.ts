/**
 * Whether one trial reached a steady state, after Barrett et al., "Virtual machine warmup blows hot and cold" (OOPSLA
 * 2017): change points of the bucketed series, then a judgement of its segments against the last one. A description
 * of one trial: non-steady trials stay counted and shown.
 */
import { changePointsWithinTrial } from './change-points.ts';

/**
 * `flat`: no change that matters. `warm-up`: it got better and stayed. `slowdown`: it had been better before. `none`:
 * it was still changing in the last quarter.
 */
export type SteadyStateKind = 'flat' | 'warm-up' | 'slowdown' | 'none';

export interface SteadyState {
  readonly kind: SteadyStateKind;
  /** Indices at which a segment begins. */
  readonly changePoints: readonly number[];
  /** Mean of each segment, one more than change points. */
  readonly segmentMeans: readonly number[];
  /** Index from which on the level is that of the end. */
  readonly steadyFrom: number;
}

/** Levels closer than the margin of equivalence (5 %) are the same level. */
const sameLevel = 0.05;
/** The steady part must reach over this share of the series, as Barrett's 500 of 2000 iterations. */
const leastSteadyShare = 0.25;
/** Changes smaller than this share of the mean are not looked for. */
const resolutionShare = 0.01;

/**
 * @param series positive values at equal distances in time: throughput or latency per bucket
 * @param betterIs whether higher (throughput) or lower (latency) is better
 * @throws RangeError for an empty series or one without a positive mean
 */
export function steadyStateWithinTrial(series: readonly number[], betterIs: 'higher' | 'lower'): SteadyState {
  const resolution = resolutionShare * Math.abs(meanOf(series));
  const changePoints = changePointsWithinTrial(series, resolution);
  const starts = [0, ...changePoints];
  const segmentMeans = starts.map((start, index) => meanOf(series.slice(start, starts[index + 1])));
  const last = segmentMeans.at(-1) ?? 0;
  const isSame = segmentMeans.map((mean) => Math.abs(mean - last) < sameLevel * Math.abs(last));
  const steadySegment = isSame.lastIndexOf(false) + 1;
  const steadyFrom = starts[steadySegment] ?? 0;
  const sign = betterIs === 'higher' ? 1 : -1;
  const wasBetter = segmentMeans.some((mean, index) => isSame[index] === false && sign * (mean - last) > 0);
  const isLate = series.length - steadyFrom < leastSteadyShare * series.length;
  const kind = isLate ? 'none' : steadySegment === 0 ? 'flat' : wasBetter ? 'slowdown' : 'warm-up';
  return { kind, changePoints, segmentMeans, steadyFrom };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
