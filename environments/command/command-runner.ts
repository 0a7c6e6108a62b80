/**
 * Running commands somewhere else: what an environment has to bring (`start`) so that `processes.ts` and
 * `files.ts` can do the rest. Where a command runs, and over what wire, is the runner's affair.
 */
import type { ErrorCode } from '../../harness/foundation/errors.ts';

export interface OutputPiece {
  readonly stream: 'stdout' | 'stderr';
  readonly payload: Buffer;
}

export interface CommandRequest {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array | null;
  /** One stream in the order of writing, instead of two. */
  readonly merged: boolean;
  /** Given each piece of output, one at a time; the command waits while the promise is pending. */
  readonly onOutput: (piece: OutputPiece) => Promise<void> | void;
}

export interface RunningCommand {
  /** Exit code once all output was handed on. Never rejects: 137 when the node went away. */
  readonly exited: Promise<number>;
  /** To the command and its process group; harmless when it has ended. */
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Set when the output could not be followed to its end. */
  readonly failure: () => Error | null;
}

export interface CommandRunner {
  /** Name of the node, for errors. */
  readonly node: string;
  /** Codes of the errors about commands and about files of this kind of node. */
  readonly codes: Readonly<Record<'command' | 'file', ErrorCode>>;
  /** Resolves when the program is being run; rejects when it cannot be, naming it and why. */
  start(request: CommandRequest): Promise<RunningCommand>;
}

/** Exit code of whatever a kill of the whole node ended: 128 + SIGKILL. */
export const killedExitCode = 137;
