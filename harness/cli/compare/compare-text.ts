/** A comparison as text: the verdict, a table, what is only in one run, and what to keep in mind. Pure. */
import type { ComparisonReport, ComparisonRow } from '../../../analysis/compare/comparison-report.ts';
import { noValue, probability, ratioText } from '../../../analysis/report/numbers.ts';
import type { Colors } from '../colors.ts';
import { headlineText } from '../summary/headline.ts';
import { indented, textTable, wrapped, type TextColumn } from '../summary/text-layout.ts';

export interface ComparePage {
  readonly columns: number;
  readonly colors: Colors;
}

export function compareText(report: ComparisonReport, pagePath: string | null, page: ComparePage): string {
  const columns = Math.min(110, Math.max(40, page.columns)) - 2;
  const { colors } = page;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${colors.bold(title)}\n${indented(lines.join('\n'))}`];
  const bullets = (texts: readonly string[]) => texts.map((text) => wrapped(text, columns, '  '));
  const { a, b, allowed, onlyA, onlyB, remarks, noise } = report;
  return [
    `${colors.bold('A')}  ${a.runId}  ${a.title}, ${a.startedAtIso}\n${colors.bold('B')}  ${b.runId}  ${b.title}, ${b.startedAtIso}`,
    headlineText(report.verdict, columns, colors),
    ...section('Unlike, and compared all the same', bullets(allowed).map(colors.yellow)),
    ...section('B / A', [figuresByCell(report.rows, columns, colors), colors.dim(wrapped(legend, columns))]),
    ...section('In words', bullets(decidedWords(report))),
    ...section('Only in A', bullets(onlyA)),
    ...section('Only in B', bullets(onlyB)),
    ...section('Noise', bullets(noise)),
    ...section('Keep in mind', bullets(remarks)),
    ...(pagePath === null ? [] : [`Page     ${pagePath}`]),
  ].join('\n\n');
}

/** Inconclusive ones say no more than their row. */
function decidedWords({ rows }: ComparisonReport): string[] {
  const decided = rows.filter(({ verdict }) => verdict !== 'inconclusive');
  const left = decided.length - mostWords;
  return [
    ...decided.slice(0, mostWords).map(({ cellLabel, metric, words }) => `${cellLabel}, ${metric}: ${words}`),
    ...(left <= 0 ? [] : [`and ${left} more, in the page`]),
  ];
}

const mostWords = 20;
const legend =
  'geometric means over trials, 95 % interval (Welch on logarithms); p corrected over the table (Benjamini–Hochberg)';

/** One table, so that figures stand below each other, with the name of each cell above its own: names are long. */
function figuresByCell(rows: readonly ComparisonRow[], columns: number, colors: Colors): string {
  const [head = '', ...lines] = textTable(rows, tableColumns(colors), columns - 2).split('\n');
  const figures = lines.flatMap((line, index) => {
    const [row, before] = [rows[index], rows[index - 1]];
    const isNext = row !== undefined && row.cellKey !== before?.cellKey;
    return [...(isNext ? [wrapped(row.cellLabel, columns, '  ')] : []), indented(line)];
  });
  return [indented(head), ...figures].join('\n');
}

function tableColumns(colors: Colors): readonly TextColumn<ComparisonRow>[] {
  const text = (title: string, dropRank: number, cell: (row: ComparisonRow) => string) => ({
    ...{ title, dropRank, cell },
    isNumber: false,
  });
  const number = (title: string, dropRank: number, cell: (row: ComparisonRow) => string) => ({
    ...{ title, dropRank, cell },
    isNumber: true,
  });
  return [
    text('figure', 0, ({ metric }) => metric),
    number('trials', 3, ({ trials }) => `${trials.a}, ${trials.b}`),
    number('ratio (interval)', 0, ({ ratio, ciLow, ciHigh }) => ratioText(ratio, ciLow, ciHigh)),
    number('p', 1, ({ pAdjusted }) => probability(pAdjusted)),
    number('Cliff’s δ', 2, ({ cliffsDelta }) => (cliffsDelta === null ? noValue : cliffsDelta.toFixed(2))),
    text('verdict', 0, (row) => verdictText(row, colors)),
  ];
}

function verdictText({ verdict, isRegression }: ComparisonRow, colors: Colors): string {
  if (isRegression) return colors.red('REGRESSION');
  if (verdict === 'faster') return colors.green(verdict);
  if (verdict === 'slower') return colors.red(verdict);
  return verdict === 'same' ? 'same (±5 %)' : colors.yellow(verdict);
}
