/** An error as it crosses from one process to another: a StrataError keeps its code and fix, anything else only its words. */
import { asError, causeChain, StrataError, type ErrorCode } from './errors.ts';

export interface ToldError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly fix: string | null;
  /** Messages of the causes, outermost first; of an unknown error the trace, too. */
  readonly because: readonly string[];
}

export function toldError(thrown: unknown): ToldError {
  const error = asError(thrown);
  const known = error instanceof StrataError;
  return {
    code: known ? error.code : null,
    message: error.message,
    fix: known ? error.fix : null,
    because: known ? causeChain(error).slice(1) : [...causeChain(error).slice(1), error.stack ?? ''],
  };
}
