/** The summary at the end of a run: what somebody must know, in the order they need it. Pure. */
import { eventText } from '../../../analysis/report/machine-sections.ts';
import { counted, grouped } from '../../../analysis/report/numbers.ts';
import type { CellRow, FailureRow, ReportModel } from '../../../analysis/report/report-model.ts';
import { workWords } from '../../../analysis/report/work-words.ts';
import type { Colors } from '../colors.ts';
import { calibrationLines } from './calibration-table.ts';
import { cellTable } from './cell-table.ts';
import { paperLines } from './paper-lines.ts';
import { hypothesisLines } from './hypothesis-lines.ts';
import { headlineText } from './headline.ts';
import { indented, wrapped } from './text-layout.ts';
import { thresholdLines } from './threshold-lines.ts';

export interface SummaryPage {
  /** Columns of the terminal; the text never uses more than 110. */
  readonly columns: number;
  readonly colors: Colors;
}

export interface Pointers {
  /** Path of the HTML report; null when none was written. */
  readonly reportPath: string | null;
  /** The command that makes sense next, with what it does. */
  readonly next: { readonly command: string; readonly why: string };
}

const widest = 110;
const margin = 2;
/** Lists longer than this are cut, with the number of what was left out. */
export const longList = 12;

export function textSummary(model: ReportModel, pointers: Pointers, page: SummaryPage): string {
  const columns = Math.min(widest, Math.max(40, page.columns)) - margin;
  const { colors } = page;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [`${colors.bold(title)}\n${indented(lines.join('\n'))}`];
  const bullets = (sentences: readonly string[]) => sentences.map((sentence) => wrapped(sentence, columns));
  return [
    colors.bold(`${model.title} · run ${model.runId}`),
    headlineText(model.verdict, columns, colors),
    ...section('Accelerator', acceleratorLines(model, columns, colors)),
    ...section('Thresholds', thresholdLines(model.thresholds, columns, colors)),
    ...section('Hypotheses', hypothesisLines(model.hypotheses, columns, colors)),
    ...section('Measured', bullets(model.measured)),
    ...section('A/A', calibrationLines(model, columns)),
    ...section(
      'Cells',
      model.cells.length === 0 ? [] : [cellTable(model.cells, columns, colors), intervalLegend(model)],
    ),
    ...section('Correctness', correctnessLines(model.cells, columns, colors)),
    ...section('Paper against measured', paperLines(model.papers, columns)),
    ...section('Machines came up', bootLines(model, columns)),
    ...section(
      model.failures.every(({ status }) => status === 'aborted') ? 'Aborted trials' : 'Failed trials',
      failureLines(model.failures, columns, colors),
    ),
    ...section('Warnings', warningLines(model, columns, colors)),
    endLines(pointers, model, colors),
  ].join('\n\n');
}

function intervalLegend({ cells }: ReportModel): string {
  const hasInterval = cells.some(({ metrics }) => metrics !== null && metrics.throughputPerS.ciLow !== null);
  const { time } = workWords(cells);
  const times = time === 'latency' ? '' : `; p50, p95, p99 of the ${time}`;
  return hasInterval
    ? `geometric mean over trials; beneath it its 95 % confidence interval${times}`
    : `geometric mean over trials; too few trials for an interval${times}`;
}

/** Cells that are not proven correct are always listed; of the others only as many as can be read. */
function correctnessLines(cells: readonly CellRow[], columns: number, colors: Colors): string[] {
  const doubtful = cells.filter(({ correct }) => correct !== true);
  const right = cells.filter(({ correct }) => correct === true);
  const shown = [...doubtful, ...right.slice(0, Math.max(0, longList - doubtful.length))];
  const mark = ({ correct }: CellRow) =>
    correct === true
      ? colors.green('✓')
      : correct === false
        ? colors.red('✗ WRONG')
        : colors.yellow('? unknown');
  const lines = shown.map((cell) => {
    const said =
      cell.statements.length === 0 ? 'nothing was verified' : cell.statements.slice(0, 3).join('; ');
    return wrapped(`${mark(cell)} ${cell.label}: ${said}`, columns, '  ');
  });
  const left = cells.length - shown.length;
  return left === 0 ? lines : [...lines, `and ${grouped(left)} more cells, all correct`];
}

/** Before every figure: under emulation they mean something else. */
function acceleratorLines({ accelerator }: ReportModel, columns: number, colors: Colors): string[] {
  if (accelerator === null) return [];
  const { environments, statement, cpuModel, reason, isHardware } = accelerator;
  const paint = isHardware ? (text: string) => text : colors.yellow;
  return [
    paint(wrapped(`${environments.join(', ')}: ${statement}`, columns, '  ')),
    wrapped(`CPU model ${cpuModel}; ${reason}`, columns, '  '),
  ];
}

function bootLines({ boots }: ReportModel, columns: number): string[] {
  const lines = boots.slice(0, longList).map(({ env, boot, machines, booted, retried, events }) => {
    const again = retried === 0 ? '' : `, ${grouped(retried)} booted again`;
    const what = `${env}, ${boot} boot, ${counted(machines, 'machine')} at once (${grouped(booted)} in all${again})`;
    return wrapped(`${what}: ${events.map(eventText).join(' → ')}`, columns, '  ');
  });
  if (lines.length > 0) lines.push('median time since the start of the node (slowest); each node: boots.csv');
  const left = boots.length - longList;
  return left <= 0 ? lines : [...lines, `and ${grouped(left)} more, in the report`];
}

function failureLines(failures: readonly FailureRow[], columns: number, colors: Colors): string[] {
  const lines = failures.slice(0, longList).flatMap((failure) => failureBlock(failure, columns, colors));
  const left = failures.length - longList;
  return left <= 0 ? lines : [...lines, `and ${grouped(left)} more, in the report`];
}

function failureBlock(failure: FailureRow, columns: number, colors: Colors): string[] {
  const recovered = failure.isRecovered ? ' (a later attempt completed)' : '';
  const head = `${failure.trialId}, attempt ${failure.attempt}, ${failure.cellLabel}: ${failure.status} in phase ${failure.phase}${recovered}`;
  if (failure.status === 'aborted') return [colors.yellow(wrapped(`? ${head}`, columns, '  '))];
  const line = (text: string) => `  ${wrapped(text, columns - 2, '    ')}`;
  return [
    colors.red(wrapped(`✗ ${head}`, columns, '  ')),
    line(`${failure.code} ${failure.message}`),
    ...failure.because.slice(0, 3).map((because) => line(`because ${because}`)),
    line(`fix: ${failure.fix}`),
    ...(failure.log === null ? [] : [line(`log: ${failure.log}`)]),
  ];
}

function warningLines({ warnings }: ReportModel, columns: number, colors: Colors): string[] {
  return warnings.flatMap(({ code, message, advice }) => [
    wrapped(`${colors.yellow('!')} ${message} [${code}]`, columns, '  '),
    `  ${wrapped(`→ ${advice}`, columns - 2, '    ')}`,
  ]);
}

function endLines({ reportPath, next }: Pointers, { runDir }: ReportModel, colors: Colors): string {
  return [
    `Results  ${runDir}`,
    `Report   ${reportPath ?? 'not written'}`,
    `Next     ${colors.cyan(next.command)}`,
    `         ${next.why}`,
  ].join('\n');
}
