/** How a failure is shown: what, why, what to do, where to read on, what stayed behind, and a stable code. Pure. */
import { asError, causeChain, inOrderThrown, StrataError } from '../foundation/errors.ts';
import type { Colors } from './colors.ts';
import { wrapped } from './summary/text-layout.ts';

export interface ErrorPage {
  readonly columns: number;
  readonly colors: Colors;
  /** With the stack of a bug. */
  readonly isVerbose: boolean;
  /** For the report of a bug: versions and the command line. */
  readonly context: string;
}

export interface ShownError {
  readonly text: string;
  readonly exitCode: 1 | 2 | 3 | 4 | 5;
}

export function showError(thrown: unknown, page: ErrorPage): ShownError {
  const [first, ...later] = inOrderThrown(thrown);
  return first instanceof StrataError ? showKnown(first, later, page) : showBug(first, page);
}

function showKnown(error: StrataError, later: readonly unknown[], page: ErrorPage): ShownError {
  const [, ...because] = causeChain(error);
  const rows: [string, string][] = [
    ...because.map((message, index): [string, string] => [index === 0 ? 'because' : '', message]),
    ...later.map((failure): [string, string] => ['after that', causeChain(failure).join(': ')]),
    ['fix', error.fix],
    ...(error.log === undefined ? [] : [['log', error.log] as [string, string]]),
    ...error.leftBehind.map((name, index): [string, string] => [index === 0 ? 'left behind' : '', name]),
    ...(error.leftBehind.length === 0 ? [] : [['', 'remove it with: npm run clean'] as [string, string]]),
  ];
  return { text: block(error.code, error.message, rows, page), exitCode: error.exitCode };
}

/** Anything that is no StrataError was not foreseen, which is a fault of the harness and never of its user. */
function showBug(thrown: unknown, page: ErrorPage): ShownError {
  const error = asError(thrown);
  const [message = 'unknown', ...because] = causeChain(error);
  const rows: [string, string][] = [
    ...because.map((text, index): [string, string] => [index === 0 ? 'because' : '', text]),
    [
      'fix',
      'this is a bug in strata: please report it with the lines above, the command, and these versions',
    ],
    ['', page.context],
    ...(page.isVerbose ? [] : [['', 'add -v to see where it happened'] as [string, string]]),
  ];
  const text = block('STRATA-E100', `unexpected: ${message}`, rows, page);
  return { text: page.isVerbose ? `${text}\n\n${page.colors.dim(error.stack ?? '')}` : text, exitCode: 1 };
}

const labelColumns = 13;

function block(
  code: string,
  message: string,
  rows: readonly (readonly [label: string, text: string])[],
  { columns, colors }: ErrorPage,
): string {
  const width = Math.min(110, Math.max(40, columns));
  const indent = ' '.repeat(labelColumns);
  const line = ([label, text]: readonly [string, string]) =>
    `  ${colors.bold(label.padEnd(labelColumns - 2))}${lines(text, width - labelColumns, indent)}`;
  return [`${colors.red(`✗ ${code}`)} ${lines(message, width, '  ')}`, ...rows.map(line)].join('\n');
}

/** Wraps each line of a text that has several, such as the end of a log. */
function lines(text: string, columns: number, indent: string): string {
  const printable = text.replaceAll(/[^\P{Cc}\n\t]/gu, '');
  return printable
    .trimEnd()
    .split('\n')
    .map((part) => wrapped(part, columns, indent))
    .join(`\n${indent}`);
}
