/**
 * Neither an engine's exec nor an SSH channel tells a missing program from one that failed, or under which process
 * id a command runs. So a shell goes first: it looks for the program, says its own process id on stderr behind a
 * word nobody can guess, and becomes the command.
 */
import { StrataError } from '../../harness/foundation/errors.ts';
import type { CommandRunner, OutputPiece } from './command-runner.ts';

/** For a POSIX shell with the word as `$0` and the command as its arguments. */
export const launcher = `command -v "$1" >/dev/null 2>&1 || { printf '%s missing\\n' "$0" >&2; exit 127; }
printf '%s %s\\n' "$0" "$$" >&2
exec "$@"`;

/** What the launcher says instead of a process id. */
export const missingWord = 'missing';

export interface Announcement {
  /** The word nobody can guess. */
  readonly nonce: string;
  /** Given the launcher's word: a process id, or {@link missingWord}. */
  readonly announce: (word: string) => void;
  /** Makes the error for what is said when there was no launcher. */
  readonly refuse: (words: string) => Error;
}

export interface LaunchedOutput {
  /** The piece without the launcher's line; null when nothing is left. Throws when another line came first. */
  readonly take: (piece: OutputPiece) => OutputPiece | null;
  /** To be called at the end of the output; throws when there was no launcher's line but something else. */
  readonly end: () => void;
}

/** Hands output on, without the launcher's first line on stderr. */
export function launchedOutput({ nonce, announce, refuse }: Announcement): LaunchedOutput {
  let opening: Buffer | null = Buffer.alloc(0);
  return {
    take: (piece) => {
      // The two streams come by different ways: the command's stdout may arrive before the launcher's word.
      if (opening === null || piece.stream === 'stdout') return piece;
      opening = Buffer.concat([opening, piece.payload]);
      const end = opening.indexOf('\n');
      if (end < 0) return null;
      const [word, rest] = opening.toString('utf8', 0, end).split(' ');
      if (word !== nonce || rest === undefined) throw refuse(opening.toString('utf8').trim());
      announce(rest);
      const payload = opening.subarray(end + 1);
      opening = null;
      return payload.length > 0 ? { stream: 'stderr', payload } : null;
    },
    end: () => {
      if (opening !== null && opening.length > 0) throw refuse(opening.toString('utf8').trim());
    },
  };
}

export function notRunnable(
  { node, codes }: Pick<CommandRunner, 'node' | 'codes'>,
  program: string,
  cause: unknown,
): StrataError {
  return new StrataError({
    code: codes.command,
    message: `the command "${program}" cannot be run on node ${node}`,
    fix: `give a program that the root filesystem has, or put it on the node first`,
    cause,
  });
}

/** The cause when the launcher looked for the program in vain. */
export function missingProgram(program: string): Error {
  return new Error(`${program}: not found in the image (ENOENT)`);
}
