/** Plain-text layout: paragraphs that wrap, tables that fit. Knows columns, not what stands in them. */
import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

export function visibleWidth(text: string): number {
  return Math.max(...text.split('\n').map((line) => stripVTControlCharacters(line).length));
}

/** Breaks at plain spaces only: thin spaces inside numbers hold. Continuation lines are indented by `indent`. */
export function wrapped(text: string, columns: number, indent = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    const room = columns - (lines.length === 0 ? 0 : visibleWidth(indent));
    if (line !== '' && visibleWidth(longer) > room) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return [...lines, line].join(`\n${indent}`);
}

export function indented(text: string, margin = '  '): string {
  return text
    .split('\n')
    .map((line) => `${margin}${line}`.trimEnd())
    .join('\n');
}

export interface TextColumn<Row> {
  readonly title: string;
  readonly isNumber: boolean;
  /** Columns are left out from the highest rank down until the table fits; 0 = never. */
  readonly dropRank: number;
  readonly cell: (row: Row) => string;
}

/** A table no wider than `columns` as long as there are columns that may go. */
export function textTable<Row>(
  rows: readonly Row[],
  all: readonly TextColumn<Row>[],
  columns: number,
): string {
  const text = draw(rows, all);
  const droppable = [...all]
    .filter(({ dropRank }) => dropRank > 0)
    .sort((a, b) => b.dropRank - a.dropRank)[0];
  if (visibleWidth(text) <= columns || droppable === undefined) return text;
  return textTable(
    rows,
    all.filter((column) => column !== droppable),
    columns,
  );
}

const borders = ['top', 'bottom', 'left', 'right', 'mid', 'left-mid', 'right-mid'].flatMap((side) =>
  ['', '-mid', '-left', '-right'].map((corner) => `${side}${corner}`),
);

function draw<Row>(rows: readonly Row[], columns: readonly TextColumn<Row>[]): string {
  const table = new Table({
    head: columns.map(({ title }) => title),
    colAligns: columns.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    chars: { ...Object.fromEntries(borders.map((side) => [side, ''])), 'mid-mid': '', middle: '' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2, compact: true },
  });
  table.push(...rows.map((row) => columns.map(({ cell }) => cell(row))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}
