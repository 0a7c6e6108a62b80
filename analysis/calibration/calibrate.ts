/** From the attempts of an A/A run to what it says of the harness: ratios, false positives, noise floors. Pure. */
import type { Cell } from '../../harness/foundation/cell.ts';
import { precisionMetrics, type PrecisionMetric } from '../../harness/foundation/stopping.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { isDegenerate } from '../statistics/outcome.ts';
import { compareMeans } from '../statistics/two-arms/welch-log.ts';
import { noiseFloors, splitRejections, type Floor, type SplitRejections } from './splits.ts';
import { copiesIn, type Copies } from './two-copies.ts';

/** One figure of one cell, under its two labels. */
export interface Calibration extends SplitRejections {
  readonly cell: Cell;
  readonly cellKey: string;
  readonly metric: PrecisionMetric;
  /** Blocks in which both copies have the figure. */
  readonly pairs: number;
  /** b / a as it was labelled, with its 95 % interval; null with the reason in `remark`. */
  readonly ratio: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly p: number | null;
  readonly remark: string;
  readonly floors: readonly Floor[];
}

/** Cell by cell, metric by metric. @param seed the run's, so that its report says the same every time */
export function calibrate(records: readonly TrialRecord[], seed: number): readonly Calibration[] {
  return copiesIn(records).flatMap((copies) =>
    precisionMetrics.map((metric) => calibrateOne(copies, metric, seed)),
  );
}

function calibrateOne(copies: Copies, metric: PrecisionMetric, seed: number): Calibration {
  const { cell, cellKey } = copies;
  const pairs = copies.pairs(metric);
  const compared = compareMeans(
    pairs.map(({ b }) => b),
    pairs.map(({ a }) => a),
  );
  const shared = { cell, cellKey, metric, pairs: pairs.length };
  if (isDegenerate(compared)) {
    const none = { ratio: null, ciLow: null, ciHigh: null, p: null, remark: compared.text };
    return { ...shared, ...none, splits: 0, rejected: 0, floors: [] };
  }
  const { ratio, ciLow, ciHigh, p } = compared;
  return {
    ...shared,
    ...{ ratio, ciLow, ciHigh, p, remark: '' },
    ...splitRejections(pairs, seed),
    floors: noiseFloors(pairs, seed),
  };
}
