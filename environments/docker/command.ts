/**
 * Starting a command in a container and following it. The engine's exec has no way to signal a command, so a
 * signal is one more command, to the process group the launcher told of.
 */
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { deferred } from '../../harness/foundation/deferred.ts';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import {
  killedExitCode,
  type CommandRequest,
  type CommandRunner,
  type RunningCommand,
} from '../command/command-runner.ts';
import {
  launchedOutput,
  launcher,
  missingProgram,
  missingWord,
  notRunnable,
  type Announcement,
} from '../command/launcher.ts';
import { workDir } from './container.ts';
import type { Engine } from './engine.ts';
import { callError, refusalStatus } from './engine-errors.ts';
import { frames } from './frames.ts';

export interface ContainerHandle {
  readonly engine: Engine;
  readonly container: Docker.Container;
  /** Name of the node, for errors. */
  readonly node: string;
}

const codes = { command: 'STRATA-E415', file: 'STRATA-E414' } as const;

export function containerRunner(handle: ContainerHandle): CommandRunner {
  return { node: handle.node, codes, start: (request) => startCommand(handle, request) };
}

/** Resolves when the program is being run; rejects with E415 when it cannot be. */
async function startCommand(handle: ContainerHandle, request: CommandRequest): Promise<RunningCommand> {
  const nonce = randomUUID();
  const [program] = request.command;
  const { exec, stream } = await openExec(handle, request, nonce);
  const opening = deferred<string>();
  let failure: Error | null = null;
  const fail = (error: unknown) => {
    failure ??= callError(error, `follow ${program} on node ${handle.node}`, handle.engine.address);
    return killedExitCode;
  };
  const unable = (cause: unknown) => notRunnable({ node: handle.node, codes }, program, cause);
  const following = follow(stream, request.onOutput, {
    nonce,
    announce: opening.resolve,
    refuse: (words) => unable(new Error(words)),
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
    throw cause instanceof StrataError ? cause : unable(cause);
  });
  if (announced === missingWord) throw unable(missingProgram(program));
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

async function follow(
  stream: Duplex,
  onOutput: CommandRequest['onOutput'],
  announcement: Announcement,
): Promise<void> {
  const launched = launchedOutput(announcement);
  for await (const frame of frames(stream)) {
    const piece = launched.take(frame);
    if (piece !== null) await onOutput(piece);
  }
  launched.end();
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
