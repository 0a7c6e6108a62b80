/** The A/A section of the text summary: sentences and a table. Pure. */
import { shareText } from '../../../analysis/report/calibration-section.ts';
import { distance, noValue, probability, ratioText } from '../../../analysis/report/numbers.ts';
import type { CalibrationRow, ReportModel } from '../../../analysis/report/report-model.ts';
import { textTable, wrapped, type TextColumn } from './text-layout.ts';

export function calibrationLines({ calibration }: ReportModel, columns: number): string[] {
  if (calibration === undefined) return [];
  const table = calibration.rows.length === 0 ? [] : [textTable(calibration.rows, tableColumns, columns)];
  const remarks = [...new Set(calibration.rows.flatMap(({ remark }) => (remark === '' ? [] : [remark])))];
  return [...calibration.sentences, ...remarks].map((text) => wrapped(text, columns)).concat(table);
}

const number = (title: string, dropRank: number, cell: (row: CalibrationRow) => string) => ({
  ...{ title, dropRank, cell },
  isNumber: true,
});

const tableColumns: readonly TextColumn<CalibrationRow>[] = [
  { title: 'cell', isNumber: false, dropRank: 0, cell: ({ cellLabel }) => cellLabel },
  { title: 'figure', isNumber: false, dropRank: 0, cell: ({ metric }) => metric },
  number('blocks', 2, ({ pairs }) => String(pairs)),
  number('b / a (95 % interval)', 0, ({ ratio }) =>
    ratio === null ? noValue : ratioText(ratio.mean, ratio.ciLow, ratio.ciHigh),
  ),
  number('p', 1, ({ p }) => probability(p)),
  number('rejected', 0, ({ rejectedShare }) => shareText(rejectedShare)),
  number('floor', 0, ({ floorRatio }) => (floorRatio === null ? noValue : distance(floorRatio))),
];
