/** The errors of building a guest image: each names the step, what was said, and what to do. */
import { StrataError, type ErrorCode } from '../../harness/foundation/errors.ts';
import { errnoOf } from '../errno.ts';

/** What a step of the build runs, and the package of Debian and Ubuntu that has it. */
const packageOf: Readonly<Record<string, string>> = {
  'mkfs.ext4': 'e2fsprogs',
  newgidmap: 'uidmap',
  newuidmap: 'uidmap',
  setpriv: 'util-linux',
  tar: 'tar',
  unshare: 'util-linux',
  xz: 'xz-utils',
};

export function missingTool(program: string, cause?: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E331',
    message: `the guest image must be built first, and ${program} is not on this machine`,
    fix: `apt-get install -y --no-install-recommends ${packageOf[program] ?? program} (as root)`,
    cause,
  });
}

export interface FailedStep {
  /** As in "cannot …": "unpack the root filesystem". */
  readonly step: string;
  /** The directory that fills or refuses. */
  readonly where: string;
  /** Which variable moves it elsewhere. */
  readonly variable: 'TMPDIR' | 'XDG_CACHE_HOME';
  readonly code: ErrorCode;
  readonly fix: string;
}

/** Bytes that must be free for a build, in the cache and in the directory for temporary files alike. */
export const neededBytes = 2.5e9;

/** A full disk and a directory that refuses are told by that, whatever the step; everything else by the step. */
export function stepError(failed: FailedStep, said: string, cause: unknown): StrataError {
  const { step, where, variable } = failed;
  const errno = errnoOf(cause);
  if (errno === 'ENOSPC' || errno === 'EDQUOT' || /No space left|Disk quota exceeded/i.test(said)) {
    return new StrataError({
      code: 'STRATA-E330',
      message: `the disk is full: cannot ${step} in ${where}`,
      fix: `free ${(neededBytes / 1e9).toFixed(1)} GB there, or set ${variable} to a directory on a larger disk`,
      cause,
    });
  }
  if (errno === 'EACCES' || errno === 'EPERM' || errno === 'EROFS' || errno === 'ENOTDIR') {
    return new StrataError({
      code: 'STRATA-E332',
      message: `cannot ${step}: ${where} cannot be written`,
      fix: `make it writable, or set ${variable} to a directory that is`,
      cause,
    });
  }
  const detail = said.trim() === '' ? cause : new Error(said.trim(), { cause });
  return new StrataError({ code: failed.code, message: `cannot ${step}`, fix: failed.fix, cause: detail });
}
