/**
 * Commands on a node over its kept SSH connection. The server gives every command a session and process group of
 * its own; a signal is one more channel, which asks the group by the process id the launcher told. (SSH's own
 * signal message cannot be used: OpenSSH refuses it for root, tried with 9.2.)
 */
import { randomUUID } from 'node:crypto';
import { deferred } from '../../harness/foundation/deferred.ts';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import {
  killedExitCode,
  type CommandRequest,
  type CommandRunner,
  type RunningCommand,
} from '../command/command-runner.ts';
import { launchedOutput, missingProgram, missingWord, notRunnable } from '../command/launcher.ts';
import { exitCodeOf, giveInput, openChannel, pumpOutput, type CommandChannel } from './channel.ts';
import type { SshConnection } from './connection.ts';
import { sshCodes } from './errors.ts';
import { shellLine } from './shell-line.ts';

const codes = { command: sshCodes.command, file: sshCodes.file };

/** Commands start in `workDir`, an absolute directory that exists on the node. */
export function sshRunner(connection: SshConnection, workDir: string): CommandRunner {
  const { node } = connection.place;
  return { node, codes, start: (request) => start(connection, workDir, request) };
}

async function start(
  connection: SshConnection,
  workDir: string,
  request: CommandRequest,
): Promise<RunningCommand> {
  const [program] = request.command;
  const unable = (cause: unknown) => notRunnable({ node: connection.place.node, codes }, program, cause);
  const nonce = randomUUID();
  const channel = await openChannel(connection, lineFor(workDir, request, nonce, unable));
  if (request.stdin !== null) giveInput(channel, request.stdin);
  const opening = deferred<string>();
  const following = follow(connection, channel, request.onOutput, {
    nonce,
    announce: opening.resolve,
    refuse: (words) => unable(new Error(words)),
  });
  let failure: Error | null = null;
  let ended = false;
  const exited = following
    .catch((error: unknown) => {
      failure = asError(error);
      return killedExitCode;
    })
    .finally(() => {
      ended = true;
      opening.reject(failure ?? new Error('its node ended'));
    });
  const announced = await opening.promise.catch((cause: unknown) => {
    throw cause instanceof StrataError ? cause : unable(cause);
  });
  if (announced === missingWord) throw unable(missingProgram(program));
  return {
    exited,
    failure: () => failure,
    signal: async (name) => {
      if (!ended) await signalGroup(connection, Number(announced), name);
    },
  };
}

function lineFor(
  workDir: string,
  { command, env, stdin, merged }: CommandRequest,
  nonce: string,
  unable: (cause: unknown) => StrataError,
): string {
  try {
    return shellLine({ workDir, command, env, hasInput: stdin !== null, merged, nonce });
  } catch (error) {
    throw unable(error);
  }
}

/** The exit code, once all output was handed on. */
async function follow(
  connection: SshConnection,
  channel: CommandChannel,
  onOutput: CommandRequest['onOutput'],
  announcement: Parameters<typeof launchedOutput>[0],
): Promise<number> {
  const launched = launchedOutput(announcement);
  let turn: Promise<void> = Promise.resolve();
  await pumpOutput(channel, async (all) => {
    // The launcher's word must not wait for its turn behind output that is not taken.
    const piece = launched.take(all);
    if (piece === null) return;
    turn = turn.then(() => onOutput(piece));
    await turn;
  });
  launched.end();
  return exitCodeOf(channel, connection);
}

/** With its connection gone, a command needs no signal any more. */
async function signalGroup(
  connection: SshConnection,
  pid: number,
  name: 'SIGTERM' | 'SIGKILL',
): Promise<void> {
  const line = `kill -s ${name.slice('SIG'.length)} -- -${pid} 2>/dev/null`;
  try {
    const channel = await openChannel(connection, line);
    await pumpOutput(channel, () => undefined);
    await channel.exit;
  } catch (error) {
    if (!connection.hasEnded()) throw error;
  }
}
