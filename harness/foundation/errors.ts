/**
 * Every failure a user can see is a {@link StrataError}: what failed, the measured cause, the fix, and a stable
 * code. The first digit of the code decides the exit code, so that the two can never disagree.
 */

/** `STRATA-E` and three digits: 1xx harness, 2xx usage, 3xx machine, 4xx environment, 5xx workload. */
export type ErrorCode = `STRATA-E${1 | 2 | 3 | 4 | 5}${number}`;

export interface StrataErrorDetails {
  readonly code: ErrorCode;
  /** What failed, in one sentence, with the values that matter. */
  readonly message: string;
  /** What the user can do about it: a command where there is one. */
  readonly fix: string;
  readonly cause?: unknown;
  /** Where to read on: the path of a log or file. */
  readonly log?: string;
  /** What could not be removed, in the words `strata clean` would use. */
  readonly leftBehind?: readonly string[];
}

export class StrataError extends Error {
  override readonly name = 'StrataError';
  readonly code: ErrorCode;
  readonly fix: string;
  readonly log: string | undefined;
  readonly leftBehind: readonly string[];

  constructor(details: StrataErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.fix = details.fix;
    this.log = details.log;
    this.leftBehind = details.leftBehind ?? [];
  }

  /** 1 harness bug, 2 usage, 3 machine, 4 environment, 5 workload. */
  get exitCode(): 1 | 2 | 3 | 4 | 5 {
    return Number(this.code.charAt('STRATA-E'.length)) as 1 | 2 | 3 | 4 | 5;
  }
}

/** Turns anything thrown into an `Error`, keeping the original as it is or as the cause. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
}

/**
 * What was thrown, first things first. When leaving a scope fails that was left because of a failure, the language
 * throws a `SuppressedError` with the later failure on top; what everybody wants to know is the first one.
 */
export function inOrderThrown(thrown: unknown): readonly [first: unknown, ...later: unknown[]] {
  if (!isSuppressedError(thrown)) return [thrown];
  return [...inOrderThrown(thrown.suppressed), ...inOrderThrown(thrown.error)];
}

/** By its name: Node.js 20 has no such class, and each compiler makes one of its own. */
function isSuppressedError(thrown: unknown): thrown is Error & { suppressed: unknown; error: unknown } {
  return thrown instanceof Error && thrown.name === 'SuppressedError' && 'suppressed' in thrown;
}

/** The messages of an error and its causes, outermost first, without repetition. */
export function causeChain(error: unknown): string[] {
  const messages: string[] = [];
  for (let current = error, depth = 0; current !== undefined && depth < 8; depth += 1) {
    const asThrown = asError(inOrderThrown(current)[0]);
    if (!messages.includes(asThrown.message)) messages.push(asThrown.message);
    current = asThrown.cause;
  }
  return messages;
}
