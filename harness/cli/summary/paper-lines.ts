/** Paper against measured in the text summary: the tables that carry the paper's own numbers; the rest is in the report. */
import type { PaperComparison, VerdictRow } from '../../../analysis/papers/comparison.ts';
import { interval, measured } from '../../../analysis/report/numbers.ts';
import { rowLabel, withUnit } from '../../../analysis/report/paper-section.ts';
import type { PaperRow } from '../../../results/export/paper-csv.ts';
import { wrapped } from './text-layout.ts';

export function paperLines(papers: readonly PaperComparison[], columns: number): string[] {
  return papers.flatMap((paper) => linesOf(paper, columns));
}

function linesOf({ paper, verdicts, tables }: PaperComparison, columns: number): string[] {
  const rows = tables.flatMap(({ rows: all }) => all.filter(({ reported }) => reported !== null));
  const known = rows.filter((row) => row.measured !== null);
  const left = rows.length - known.length;
  return [
    `paper ${paper}, under other conditions (see the report)`,
    ...verdicts.map((verdict) => wrapped(verdictLine(verdict), columns, '  ')),
    ...known.map((row) => wrapped(rowLine(row), columns, '  ')),
    ...(left === 0 ? [] : [`${left} more of the paper’s figures were not measured in this run`]),
    'figures without numbers in the paper, and conditions: report; all rows: report/paper.csv',
  ];
}

function verdictLine({ id, paper, ours }: VerdictRow): string {
  return `${id}: paper ${paper}; this run: ${ours.length === 0 ? 'not judged' : ours.join('; ')}`;
}

function rowLine(row: PaperRow): string {
  const { reported, measured: ours, ratio, unit, setting, remark } = row;
  if (ours === null) return '';
  const range = interval(ours.ciLow, ours.ciHigh);
  const times = ratio === null ? '' : `, ${measured(ratio)} ×`;
  return `${setting}, ${rowLabel(row)}: paper ${withUnit(reported, unit)}, measured ${withUnit(ours.mean, unit)}${range === '' ? '' : ` (${range})`}${times}; ${remark}`;
}
