/** A spawned command as the leader of a process group (and session) of its own. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants } from 'node:os';
import { deferred } from '../../harness/foundation/deferred.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import { errnoOf } from '../errno.ts';

export interface GroupCommand {
  /** Absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
}

export interface ProcessGroup {
  readonly child: ChildProcess;
  /** The group's number and session, as long as the leader runs. */
  readonly pid: number;
  /** Whether the leader runs. While it does, its number cannot be given to another process. */
  readonly running: () => boolean;
  /** 128 + signal number when a signal ended the leader. Never rejects. */
  readonly exited: Promise<number>;
  /** To all of the group; nothing happens when the leader has ended. */
  readonly signal: (name: NodeJS.Signals) => void;
}

/** Rejects with E401 when the system cannot start the program. */
export async function startGroup(command: GroupCommand): Promise<ProcessGroup> {
  const { program, args, cwd, env, stdio } = command;
  const child = spawn(program, args, { cwd, env, stdio, detached: true });
  const exited = deferred<number>();
  child.once('exit', (code, signal) => exited.resolve(exitCode(code, signal)));
  const { pid } = child;
  if (pid === undefined) throw await startFailure(child, program);
  const running = () => child.exitCode === null && child.signalCode === null;
  return {
    child,
    pid,
    running,
    exited: exited.promise,
    signal: (name) => {
      if (running()) signalIfThere(-pid, name);
    },
  };
}

/** Sends a signal; a process (or, negative, a group) that has just ended is not an error. */
export function signalIfThere(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (errnoOf(error) !== 'ESRCH') throw error;
  }
}

function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

function startFailure(child: ChildProcess, program: string): Promise<StrataError> {
  return new Promise((resolve) => {
    child.once('error', (cause) => {
      resolve(
        new StrataError({
          code: 'STRATA-E401',
          message: `the command "${program}" could not be started`,
          fix: 'see the cause; EAGAIN and ENOMEM mean that the machine has no room for more processes',
          cause,
        }),
      );
    });
  });
}
