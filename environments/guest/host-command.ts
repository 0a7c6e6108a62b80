/**
 * Runs the host's programs that build an image. They end with this process, even when it is killed, so that no
 * half-made image goes on growing; and they run as root, or as the root of a user namespace of the ordinary user.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { asError } from '../../harness/foundation/errors.ts';
import { errnoOf } from '../errno.ts';
import { signalIfThere } from '../process/group.ts';
import { enterUserNamespace } from '../image/user-namespace.ts';
import { missingTool, stepError, type FailedStep } from './errors.ts';

export interface HostCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  /** Told in the error when the command fails. */
  readonly failed: FailedStep;
  /** What the program reads on its standard input. */
  readonly input?: Readable;
}

const quotedLines = 20;

/** Standard output. Throws the signal's reason, E331 for a program that is not there, else as `failed` says. */
export async function runAsRoot(command: HostCommand): Promise<Buffer> {
  command.signal.throwIfAborted();
  const [program = '', ...args] = asRoot([command.program, ...command.args]);
  const child = execa(program, args, {
    encoding: 'buffer',
    env: hostPath(),
    detached: true,
    reject: false,
  });
  const { pid } = child;
  const end = () => {
    if (pid !== undefined) signalIfThere(-pid, 'SIGKILL');
  };
  command.signal.addEventListener('abort', end, { once: true });
  const unread = await pipeline(command.input ?? Readable.from([]), child.stdin).then(() => null, asError);
  const result = await child;
  command.signal.removeEventListener('abort', end);
  command.signal.throwIfAborted();
  // A program that ends early closes its input; its own words, or its success, say more than that.
  const endedEarly = errnoOf(unread) === 'EPIPE' || errnoOf(unread) === 'ERR_STREAM_PREMATURE_CLOSE';
  if (unread !== null && !endedEarly) throw stepError(command.failed, '', unread);
  if (!result.failed) return Buffer.from(result.stdout);
  if (result.code === 'ENOENT') throw missingTool(program, result);
  const said = Buffer.from(result.stderr).toString().trim().split('\n').slice(-quotedLines).join('\n');
  const absent = /failed to execute ([\w.-]+): No such file/.exec(said)?.[1];
  throw absent === undefined ? stepError(command.failed, said, result) : missingTool(absent, result);
}

/** The command line that gives a command root's rights over the files of an image and ties it to this process. */
export function asRoot(command: readonly string[], uid = process.getuid?.()): string[] {
  const tied = ['setpriv', '--pdeathsig', 'KILL'];
  if (uid === 0) return [...tied, ...command];
  return [...tied, ...enterUserNamespace, ...command];
}

/** Where programs are looked for: an ordinary user's path has no administrator's tools. */
export function hostPath(): { readonly PATH: string; readonly LC_ALL: string } {
  return { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`, LC_ALL: 'C.UTF-8' };
}
