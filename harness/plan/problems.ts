/** What is wrong with an experiment, all of it at once, each with the place where the user wrote it. */
import { inspect } from 'node:util';
import { StrataError, type ErrorCode } from '../foundation/errors.ts';

export interface Problem {
  readonly code: ErrorCode;
  /** `file.yaml:7:3`, `--replicas`, `STRATA_REPLICAS`. */
  readonly place: string;
  /** What is wrong, naming the key and the value given. */
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
}

/** The codes of this folder. The first digit makes each of them exit code 2. */
export const planCodes = {
  unknownKey: 'STRATA-E201',
  wrongValue: 'STRATA-E202',
  notYaml: 'STRATA-E203',
  fileTooMuch: 'STRATA-E204',
  contradiction: 'STRATA-E205',
  notInThisVersion: 'STRATA-E206',
  fileUnreadable: 'STRATA-E207',
  tooLarge: 'STRATA-E221',
  cellRefused: 'STRATA-E222',
  tooMuchMemory: 'STRATA-E223',
  tooManyCpus: 'STRATA-E224',
  impossibleFault: 'STRATA-E225',
  tooLittleMemory: 'STRATA-E226',
  impossibleHypothesis: 'STRATA-E227',
} as const satisfies Record<string, ErrorCode>;

const shownProblems = 20;

/** One error for all problems; with a single one its own fix, otherwise a pointer to each place. */
export function problemsError(problems: readonly [Problem, ...Problem[]]): StrataError {
  const [first] = problems;
  if (problems.length === 1) {
    return new StrataError({ code: first.code, message: `${first.place}: ${first.message}`, fix: first.fix });
  }
  const lines = problems
    .slice(0, shownProblems)
    .map(({ place, message, fix }) => `  ${place}: ${message}${message.endsWith('?') ? '' : '.'} ${fix}`);
  if (problems.length > shownProblems) lines.push(`  … and ${problems.length - shownProblems} more`);
  return new StrataError({
    code: first.code,
    message: [`${problems.length} problems in the experiment:`, ...lines].join('\n'),
    fix: 'Correct each place named above; `npm run bench -- --help` lists every key with an example.',
  });
}

export function throwIfAny(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first !== undefined) throw problemsError([first, ...rest]);
}

/** A given value as it can be shown in one short line, whatever it is. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'empty';
  const line = inspect(value, { depth: 2, breakLength: Infinity, maxArrayLength: 8, maxStringLength: 60 });
  const flat = line.replaceAll(/\s+/g, ' ');
  return flat.length > 80 ? `${flat.slice(0, 79)}…` : flat;
}
