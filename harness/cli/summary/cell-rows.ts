/** Cells as the report shows them: the summarised figures joined with the verifiers' statements. */
import { cellFactors, cellLabel } from '../../../analysis/report/cell-label.ts';
import { counted } from '../../../analysis/report/numbers.ts';
import type { CellFigures, CellRow } from '../../../analysis/report/report-model.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import type { CellMetrics, CellSummary } from '../../../results/export/summary.ts';
import { cellKey } from '../../foundation/cell.ts';

/** @param final - the attempt that decides each trial. @returns in the order of `cells` */
export function cellRows(cells: readonly CellSummary[], final: readonly TrialRecord[]): readonly CellRow[] {
  return cells.map(({ factors, trials, correct, metrics }) => {
    const key = cellKey(factors);
    return {
      key,
      label: cellLabel(factors),
      factors: cellFactors(factors),
      replicas: factors.replicas,
      clients: factors.clients,
      ...(factors.mysql === undefined ? {} : { insertsPerMinute: factors.mysql.insertsPerMinute }),
      trials,
      correct,
      statements: statements(final.filter((record) => record.cellKey === key)),
      metrics: metrics === null ? null : figures(metrics),
    };
  });
}

function figures({ throughputPerS, latencyMs, latencyCiMs }: CellMetrics): CellFigures {
  return {
    throughputPerS,
    latencyMs: { ...latencyCiMs, max: { mean: latencyMs.max, ciLow: null, ciHigh: null } },
  };
}

/** Each different statement once, with the number of trials that made it, the most frequent first. */
export function statements(records: readonly TrialRecord[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { verification } of records) {
    if (verification === null) continue;
    counts.set(verification.statement, (counts.get(verification.statement) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([statement, count]) => `${statement} (${counted(count, 'trial')})`);
}
