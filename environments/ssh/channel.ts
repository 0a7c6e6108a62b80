/** One command on an SSH connection as a channel: its output pulled, its end told. */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientChannel } from 'ssh2';
import { withDeadline } from '../../harness/foundation/deadline.ts';
import { deferred } from '../../harness/foundation/deferred.ts';
import { killedExitCode, type OutputPiece } from '../command/command-runner.ts';
import type { SshConnection } from './connection.ts';
import { connectionLost, logOf, noChannel, sshCodes } from './errors.ts';

/** Far above what a fork takes on a loaded machine, far below what a person takes for a hang. */
const openTimeoutMs = 60_000;
/** A connection that dies closes its channels first; which it was shows at once. */
const closingTimeoutMs = 1_000;

export interface CommandChannel {
  readonly stream: ClientChannel;
  /** Exit code, 128 + signal number for a command ended by a signal; null when none was told. Never rejects. */
  readonly exit: Promise<number | null>;
}

/** Rejects with E434 when the connection has ended or the node does not answer. */
export async function openChannel(connection: SshConnection, line: string): Promise<CommandChannel> {
  const { client, place } = connection;
  const wait = {
    what: `a channel on the SSH connection to node ${place.node}`,
    timeoutMs: openTimeoutMs,
    signal: new AbortController().signal,
    code: sshCodes.noChannel,
    fix: 'a paused node answers nothing; else look in the log whether the machine still runs',
    ...logOf(place),
  };
  return withDeadline(wait, async () => {
    const opened = deferred<CommandChannel>();
    try {
      client.exec(line, (error, stream) => {
        if (error) opened.reject(error);
        else opened.resolve(listenedTo(stream));
      });
      return await opened.promise;
    } catch (error) {
      throw noChannel(place, error);
    }
  });
}

/** Must be called before anything else happens: the end of a brief command may be in the same packet. */
function listenedTo(stream: ClientChannel): CommandChannel {
  const exit = deferred<number | null>();
  stream.on('exit', (code: number | null, signal?: string) => exit.resolve(code ?? signalExitCode(signal)));
  stream.on('close', () => exit.resolve(null));
  // A command may end without reading its input; what it then says matters, not the broken pipe.
  stream.on('error', () => undefined);
  return { stream, exit: exit.promise };
}

/** Sends the input whole and then its end, while the channel stays open for the exit code. */
export function giveInput({ stream }: CommandChannel, input: Uint8Array): void {
  const atEnd = () => stream.eof();
  if (input.length === 0) atEnd();
  else stream.write(input, atEnd);
}

/**
 * Hands both streams on, each in its own time. Not reading lets the channel's window close, so a slow reader slows
 * the command down instead of filling memory.
 */
export async function pumpOutput(
  { stream: channel }: CommandChannel,
  onPiece: (piece: OutputPiece) => Promise<void> | void,
): Promise<void> {
  const pump = async (source: NodeJS.ReadableStream, stream: OutputPiece['stream']) => {
    for await (const payload of source) await onPiece({ stream, payload: payload as Buffer });
  };
  try {
    // Leaving the loop must not close the channel: the exit code may come long after the end of the output.
    const stdout = channel.iterator({ destroyOnReturn: false }) as unknown as NodeJS.ReadableStream;
    await Promise.all([pump(stdout, 'stdout'), pump(channel.stderr, 'stderr')]);
  } catch (error) {
    closeChannel(channel);
    throw error;
  }
}

/** Gives the command up; what it still says is dropped. */
function closeChannel(channel: ClientChannel): void {
  channel.close();
  channel.resume();
  channel.stderr.resume();
}

/**
 * The exit code when all output has been handed on; 137 for a command whose node was killed. Rejects with E433
 * when the connection was lost.
 */
export async function exitCodeOf(
  { exit }: CommandChannel,
  { closed, place }: SshConnection,
): Promise<number> {
  const code = await exit;
  if (code !== null) return code;
  const unheard = connectionLost(
    place,
    new Error('the server closed the channel without telling an exit code'),
  );
  const why = await Promise.race([closed, sleep(closingTimeoutMs, unheard, { ref: false })]);
  if (why === null) return killedExitCode;
  throw why;
}

/** The protocol names only the signals of POSIX; of any other it says nothing but that there was one. */
function signalExitCode(name: string | undefined): number {
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return 128 + (numbers[name ?? ''] ?? 0);
}
