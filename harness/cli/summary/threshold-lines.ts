/** Thresholds as text: one line each, and beneath it every cell that did not pass, with its number. Pure. */
import { counted, grouped, interval, measured } from '../../../analysis/report/numbers.ts';
import type { ThresholdRow } from '../../../analysis/report/report-model.ts';
import type { Colors } from '../colors.ts';
import { wrapped } from './text-layout.ts';

/** Cells listed beneath one threshold. */
const mostCells = 12;

export function thresholdLines(rows: readonly ThresholdRow[], columns: number, colors: Colors): string[] {
  const texts = [...new Set(rows.map(({ text }) => text))];
  return texts.flatMap((text) =>
    oneThreshold(
      text,
      rows.filter((row) => row.text === text),
      columns,
      colors,
    ),
  );
}

function oneThreshold(
  text: string,
  rows: readonly ThresholdRow[],
  columns: number,
  colors: Colors,
): string[] {
  const [first] = rows;
  if (rows.length === 1 && first !== undefined) {
    return [
      wrapped(
        `${mark(first.outcome, colors)} ${text}: ${finding(first)}, ${first.cellLabel}`,
        columns,
        '    ',
      ),
    ];
  }
  const failed = rows.filter(({ outcome }) => outcome === 'fail');
  const unknown = rows.filter(({ outcome }) => outcome === 'unknown');
  const passed = rows.length - failed.length - unknown.length;
  const worst = failed.length > 0 ? 'fail' : unknown.length > 0 ? 'unknown' : 'pass';
  const head = `${mark(worst, colors)} ${text}: met in ${grouped(passed)} of ${counted(rows.length, 'cell')}`;
  const line = (words: string) => `    ${wrapped(words, columns - 4, '      ')}`;
  const left = failed.length - mostCells;
  return [
    `${head}${worst === 'pass' ? `; ${range(rows)}` : ''}`,
    ...failed.slice(0, mostCells).map((row) => line(`${finding(row)}, ${row.cellLabel}`)),
    ...(left > 0 ? [line(`and ${grouped(left)} more cells, in the report`)] : []),
    ...[...new Set(unknown.map(({ remark }) => remark))].map((remark) => {
      const alike = unknown.filter((row) => row.remark === remark).length;
      return line(`no value in ${counted(alike, 'cell')}, counted as failed: ${remark}`);
    }),
  ];
}

function mark(outcome: ThresholdRow['outcome'], colors: Colors): string {
  if (outcome === 'pass') return colors.green('✓ pass');
  return outcome === 'fail' ? colors.red('✗ FAIL') : colors.yellow('? UNKNOWN');
}

/** `12.3 ms (95 % CI 11.0–13.6)`. */
export function finding({ estimate, unit, remark, outcome }: ThresholdRow): string {
  if (estimate === null) return `no value${outcome === 'unknown' ? ', counted as failed' : ''}: ${remark}`;
  const ends = interval(estimate.ciLow, estimate.ciHigh);
  const value = `${measured(estimate.mean)}${unit === 'ms' ? ' ms' : '/s'}`;
  return `${value}${ends === '' ? '' : ` (95 % CI ${ends})`}${remark === '' ? '' : ` — ${remark}`}`;
}

function range(rows: readonly ThresholdRow[]): string {
  const values = rows.flatMap(({ estimate }) => (estimate === null ? [] : [estimate.mean]));
  const unit = rows[0]?.unit === 'ms' ? ' ms' : '/s';
  return `${measured(Math.min(...values))} to ${measured(Math.max(...values))}${unit}`;
}
