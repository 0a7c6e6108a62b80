/**
 * Starting a command in a container and following it. The engine's exec has no way to signal a command and does
 * not tell a missing program from one that failed, so a shell goes first: it looks for the program, says its own
 * process id on stderr behind a word nobody can guess, and becomes the command.
 */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { deferred } from '../../harness/foundation/deferred.ts';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import { workDir } from './container.ts';
import type { Engine } from './engine.ts';
import { callError, refusalStatus } from './engine-errors.ts';
import { frames, type Frame } from './frames.ts';

export interface ContainerHandle {
  readonly engine: Engine;
  readonly container: Docker.Container;
  /** Name of the node, for errors. */
  readonly node: string;
}

export interface CommandRequest {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: Uint8Array | null;
  /** One stream in the order of writing, instead of two. */
  readonly merged: boolean;
  /** Given each piece of output; the command waits while the promise is pending. */
  readonly onOutput: (frame: Frame) => Promise<void> | void;
}

export interface RunningCommand {
  /** Exit code once all output was handed on. Never rejects: 137 when the container went away. */
  readonly exited: Promise<number>;
  /** To the command and its process group; harmless when it has ended. */
  readonly signal: (name: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /** Set when the output could not be followed to its end. */
  readonly failure: () => Error | null;
}

const launcher = `command -v "$1" >/dev/null 2>&1 || { printf '%s missing\\n' "$0" >&2; exit 127; }
printf '%s %s\\n' "$0" "$$" >&2
exec "$@"`;

/** Exit code of whatever a kill of the whole container ended. */
const killedExitCode = 137;

/** Resolves when the program is being run; rejects with E415 when it cannot be. */
export async function startCommand(
  handle: ContainerHandle,
  request: CommandRequest,
): Promise<RunningCommand> {
  const nonce = randomUUID();
  const [program] = request.command;
  const { exec, stream } = await openExec(handle, request, nonce);
  const opening = deferred<string>();
  let failure: Error | null = null;
  const fail = (error: unknown) => {
    failure ??= callError(error, `follow ${program} on node ${handle.node}`, handle.engine.address);
    return killedExitCode;
  };
  const following = follow(stream, {
    nonce,
    announce: opening.resolve,
    refuse: (words) => notRunnable(handle.node, program, new Error(words)),
    onOutput: request.onOutput,
  }).then(
    () => opening.reject(new Error('its container ended')),
    (error: unknown) => {
      fail(error);
      stream.destroy();
      opening.reject(failure ?? asError(error));
    },
  );
  const exited = following.then(() => exitCodeOf(handle, exec)).catch(fail);
  const announced = await opening.promise.catch((cause: unknown) => {
    throw cause instanceof StrataError ? cause : notRunnable(handle.node, program, cause);
  });
  if (announced === 'missing') {
    throw notRunnable(handle.node, program, new Error(`${program}: not found in the image (ENOENT)`));
  }
  let ended = false;
  void exited.then(() => {
    ended = true;
  });
  return {
    exited,
    failure: () => failure,
    signal: async (name) => {
      if (!ended) await signalGroup(handle, Number(announced), name);
    },
  };
}

async function openExec(
  { engine, container, node }: ContainerHandle,
  request: CommandRequest,
  nonce: string,
): Promise<{ exec: Docker.Exec; stream: Duplex }> {
  const script = request.merged ? `${launcher} 2>&1` : launcher;
  const hasInput = request.stdin !== null;
  return engine.call(`run ${request.command[0]} on node ${node}`, async (abortSignal) => {
    const exec = await container.exec({
      AttachStdin: hasInput,
      AttachStdout: true,
      AttachStderr: true,
      WorkingDir: workDir,
      Env: Object.entries(request.env).map(([name, value]) => `${name}=${value}`),
      Cmd: ['/bin/sh', '-c', script, nonce, ...request.command],
      abortSignal,
    });
    const stream = await exec.start({ hijack: true, stdin: hasInput, Tty: false, Detach: false });
    // A command may end without reading its input; what it then says matters, not the broken pipe.
    stream.on('error', () => undefined);
    if (request.stdin !== null) stream.end(request.stdin);
    return { exec, stream };
  });
}

interface Following extends Pick<CommandRequest, 'onOutput'> {
  readonly nonce: string;
  /** Given the launcher's word: a process id, or `missing`. */
  readonly announce: (word: string) => void;
  /** Makes the error for what the engine says when there was no launcher. */
  readonly refuse: (words: string) => Error;
}

/** Hands output on, without the launcher's first line on stderr. */
async function follow(stream: Duplex, { nonce, announce, refuse, onOutput }: Following): Promise<void> {
  let opening: Buffer | null = Buffer.alloc(0);
  for await (const frame of frames(stream)) {
    // The two streams come by different ways: the command's stdout may arrive before the launcher's word.
    if (opening === null || frame.stream === 'stdout') {
      await onOutput(frame);
      continue;
    }
    opening = Buffer.concat([opening, frame.payload]);
    const end = opening.indexOf('\n');
    if (end < 0) continue;
    const [word, rest] = opening.toString('utf8', 0, end).split(' ');
    if (word !== nonce || rest === undefined) throw refuse(opening.toString('utf8').trim());
    announce(rest);
    const payload = opening.subarray(end + 1);
    opening = null;
    if (payload.length > 0) await onOutput({ stream: 'stderr', payload });
  }
  if (opening !== null && opening.length > 0) throw refuse(opening.toString('utf8').trim());
}

/**
 * The stream ends a moment before the engine knows the exit code, or long before it when the command closes its
 * own output. A container that went away took the command with it.
 */
async function exitCodeOf({ engine, node }: ContainerHandle, exec: Docker.Exec): Promise<number> {
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    const state = await engine.call(`inspect a command of node ${node}`, async (abortSignal) => {
      try {
        return await exec.inspect({ abortSignal });
      } catch (error) {
        if (refusalStatus(error) === 404 || refusalStatus(error) === 409) return null;
        throw error;
      }
    });
    if (state === null) return killedExitCode;
    if (!state.Running && state.ExitCode !== null) return state.ExitCode;
    await sleep(pauseMs);
  }
}

async function signalGroup(handle: ContainerHandle, pid: number, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const letters = name.slice('SIG'.length);
  try {
    const kill = await startCommand(handle, {
      command: ['/bin/sh', '-c', `kill -s ${letters} -- -${pid} 2>/dev/null || true`],
      env: {},
      stdin: null,
      merged: false,
      onOutput: () => undefined,
    });
    await kill.exited;
  } catch (error) {
    if (!(await isGone(handle, error))) throw error;
  }
}

/** With its container gone, a command needs no signal any more. */
async function isGone({ container }: ContainerHandle, error: unknown): Promise<boolean> {
  if (!(error instanceof StrataError)) return false;
  const status = refusalStatus(error.cause);
  if (status === 404 || status === 409) return true;
  return container.inspect().then(
    ({ State: state }) => !state.Running,
    (gone: unknown) => refusalStatus(gone) === 404,
  );
}

function notRunnable(node: string, program: string, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E415',
    message: `the command "${program}" cannot be run on node ${node}`,
    fix: `give a program that the root filesystem has, or put it on the node first`,
    cause,
  });
}
