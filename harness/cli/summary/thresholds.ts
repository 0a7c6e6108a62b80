/**
 * Thresholds against what was measured. A metric without a value is unknown, and unknown is a failure: a rule about
 * something that was never measured must not pass.
 */
import { z } from 'zod';
import type { CellRow, ThresholdRow } from '../../../analysis/report/report-model.ts';
import { comparators, thresholdMetrics, type Threshold } from '../../plan/thresholds.ts';
import type { Estimate } from '../../../results/export/summary.ts';

/** The thresholds as the manifest keeps them. */
const storedThresholds = z.array(
  z.object({
    metric: z.enum(thresholdMetrics),
    comparator: z.enum(comparators),
    value: z.number(),
    unit: z.enum(['ms', '1/s']),
    text: z.string(),
  }),
);

export function thresholdsOf(experiment: Readonly<Record<string, unknown>>): readonly Threshold[] {
  return storedThresholds.parse(experiment['thresholds'] ?? []);
}

/** Further metrics of a cell that only thresholds ask for: `min`, `p90`, `p999`. */
export type MetricOf = (cell: CellRow, metric: Threshold['metric']) => Estimate | null;

/** One row per threshold and cell; a run without cells fails every threshold. */
export function evaluateThresholds(
  thresholds: readonly Threshold[],
  cells: readonly CellRow[],
  metricOf: MetricOf,
): readonly ThresholdRow[] {
  return thresholds.flatMap((threshold) =>
    cells.length === 0
      ? [row(threshold, '', 'all cells', null, 'unknown', 'nothing was measured')]
      : cells.map((cell) => judge(threshold, cell, metricOf(cell, threshold.metric))),
  );
}

function judge(threshold: Threshold, cell: CellRow, estimate: Estimate | null): ThresholdRow {
  if (estimate === null || !Number.isFinite(estimate.mean)) {
    const reason =
      cell.metrics === null
        ? 'no trial of this cell gave a usable figure'
        : `too few samples in a trial for ${threshold.metric}`;
    return row(threshold, cell.key, cell.label, null, 'unknown', reason);
  }
  const outcome = holds(threshold, estimate.mean) ? 'pass' : 'fail';
  const { ciLow, ciHigh } = estimate;
  const isClear = ciLow === null || ciHigh === null || holds(threshold, ciLow) === holds(threshold, ciHigh);
  return row(
    threshold,
    cell.key,
    cell.label,
    estimate,
    outcome,
    isClear ? '' : 'the interval includes the limit',
  );
}

function row(
  { text, unit }: Threshold,
  cellKey: string,
  cellLabel: string,
  estimate: Estimate | null,
  outcome: ThresholdRow['outcome'],
  remark: string,
): ThresholdRow {
  return { text, unit, cellKey, cellLabel, estimate, outcome, remark };
}

/** Compared to 12 digits: a mean of equal values must meet a limit of that value in spite of rounding. */
function holds({ comparator, value }: Threshold, mean: number): boolean {
  const measured = Number(mean.toPrecision(12));
  switch (comparator) {
    case '<':
      return measured < value;
    case '<=':
      return measured <= value;
    case '>':
      return measured > value;
    case '>=':
      return measured >= value;
  }
}
