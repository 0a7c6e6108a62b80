/**
 * Turns what the file system says into an error a person can act on. Goal: a full disk is called a full disk
 * wherever it strikes, and the system's own words stay below it as the cause.
 */
import { asError, StrataError, type ErrorCode } from '../../harness/foundation/errors.ts';

interface Verdict {
  readonly code: ErrorCode;
  readonly fact: string;
  readonly fix: string;
}

const fullDisk: Verdict = {
  code: 'STRATA-E361',
  fact: 'there is no space left for it',
  fix: 'free some space or choose another directory with --out, then go on with --resume',
};
const notPermitted: Verdict = {
  code: 'STRATA-E360',
  fact: 'the file system does not permit it',
  fix: 'choose a directory you may write to with --out, or change its permissions',
};
const otherFailure: Verdict = {
  code: 'STRATA-E362',
  fact: 'the file system refused',
  fix: 'look at the cause below and at the kernel log (dmesg) for disk errors, or choose another directory with --out',
};

const verdictByErrno: Readonly<Record<string, Verdict>> = {
  EEXIST: {
    ...otherFailure,
    fact: 'a file of that name is there already',
    fix: 'move it away, or choose another directory with --out',
  },
  ENOSPC: fullDisk,
  EDQUOT: { ...fullDisk, fact: 'the disk quota is used up' },
  EFBIG: { ...fullDisk, fact: 'the limit on the size of a file is reached (ulimit -f)' },
  EACCES: notPermitted,
  EPERM: notPermitted,
  EROFS: { ...notPermitted, fact: 'the file system is read-only' },
};

/**
 * @param doing what failed, as in "cannot …": `write the samples`
 * @returns E361 for space, E360 for permission, E362 for the rest; a StrataError is handed back as it is
 */
export function storageError(thrown: unknown, doing: string, path: string): StrataError {
  if (thrown instanceof StrataError) return thrown;
  const cause = asError(thrown);
  const verdict = verdictByErrno[errnoOf(cause)] ?? otherFailure;
  return new StrataError({
    code: verdict.code,
    message: `cannot ${doing} at ${path}: ${verdict.fact}`,
    fix: verdict.fix,
    cause,
  });
}

/** DuckDB hands on the system's message but not its number. */
const messages: readonly (readonly [RegExp, string])[] = [
  [/No space left on device/, 'ENOSPC'],
  [/Disk quota exceeded/, 'EDQUOT'],
  [/File too large/, 'EFBIG'],
  [/Permission denied/, 'EACCES'],
  [/Read-only file system/, 'EROFS'],
];

function errnoOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string') return error.code;
  return messages.find(([pattern]) => pattern.test(error.message))?.[1] ?? '';
}
