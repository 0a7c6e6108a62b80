/** What a trial of workload mysql recorded beyond its cycle times, for the report. Pure. */
import { cellLabel } from '../../../analysis/report/cell-label.ts';
import type { InserterRow } from '../../../analysis/report/inserter-section.ts';
import type { TrialRecord } from '../../../results/store/records.ts';

/** Said elsewhere, or too many to be read. */
const unshown = new Set(['phase', 'peer-loss']);

export function inserterRows(final: readonly TrialRecord[]): readonly InserterRow[] {
  return final
    .filter(({ cell }) => cell.mysql !== undefined)
    .flatMap(({ trialId, cell, verification, annotations }) => {
      const facts = Object.entries(verification?.facts ?? {});
      const figures = facts.filter((fact): fact is [string, number] => typeof fact[1] === 'number');
      const slowestWay = verification?.facts['slowestWay'];
      const events = annotations
        .filter(({ kind }) => !unshown.has(kind))
        .map(({ atNs, text }) => `${(atNs / 1e9).toFixed(2)} s: ${text}`);
      if (facts.length === 0 && events.length === 0) return [];
      return [
        {
          ...{ trialId, cellLabel: cellLabel(cell), figures: Object.fromEntries(figures), events },
          slowestWay: typeof slowestWay === 'string' ? slowestWay : null,
        },
      ];
    });
}
