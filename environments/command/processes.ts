/** Commands on a node in the contract's terms: to their end, or logged for as long as the node lives. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../harness/foundation/deadline.ts';
import type { ExecOptions, ExecResult, NodeProcess } from '../environment.ts';
import type { CommandRequest, CommandRunner, OutputPiece, RunningCommand } from './command-runner.ts';
import { openLogFile } from './log-file.ts';

/** Collects the output whole; stdin is empty unless given. */
export interface Collected {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export type CommandLimits = Pick<ExecOptions, 'signal' | 'timeoutMs' | 'env'> & {
  readonly stdin?: Uint8Array;
};

/** How long a node may take to end a command that is over its time. */
const endTimeoutMs = 5_000;

/** Ends the command when the deadline passes (the runner's code) or the signal aborts. */
export async function runToEnd(
  runner: CommandRunner,
  command: CommandRequest['command'],
  limits: CommandLimits,
): Promise<Collected> {
  limits.signal.throwIfAborted();
  const gathered: Record<OutputPiece['stream'], Buffer[]> = { stdout: [], stderr: [] };
  const running = runner.start({
    command,
    env: limits.env ?? {},
    stdin: limits.stdin ?? null,
    merged: false,
    onOutput: ({ stream, payload }) => {
      gathered[stream].push(payload);
    },
  });
  const wait = {
    what: `\`${command.join(' ')}\` on node ${runner.node} to end`,
    timeoutMs: limits.timeoutMs,
    signal: limits.signal,
    code: runner.codes.command,
    fix: 'give the command more time, or look why it does not end',
  };
  try {
    const exitCode = await withDeadline(wait, async () => completed(await running));
    return { exitCode, stdout: Buffer.concat(gathered.stdout), stderr: Buffer.concat(gathered.stderr) };
  } catch (error) {
    // What runs must not go on behind the back of whoever gave up on it. A node that does not even answer to
    // this is not waited for: the command ends with it.
    const ended = running.then((begun) => begun.signal('SIGKILL')).catch(() => undefined);
    await Promise.race([ended, sleep(endTimeoutMs, undefined, { ref: false })]);
    throw error;
  }
}

async function completed(running: RunningCommand): Promise<number> {
  const exitCode = await running.exited;
  const failure = running.failure();
  if (failure !== null) throw failure;
  return exitCode;
}

export async function execOnNode(
  runner: CommandRunner,
  command: CommandRequest['command'],
  { stdin, ...limits }: ExecOptions,
): Promise<ExecResult> {
  const input = stdin === undefined ? {} : { stdin: Buffer.from(stdin) };
  const { exitCode, stdout, stderr } = await runToEnd(runner, command, { ...limits, ...input });
  return { exitCode, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

export async function spawnOnNode(
  runner: CommandRunner,
  command: CommandRequest['command'],
  { name, env, logDir }: { name: string; env: Readonly<Record<string, string>>; logDir: string },
): Promise<NodeProcess> {
  const log = await openLogFile(path.join(logDir, `${name}.log`));
  try {
    const running = await runner.start({
      command,
      env,
      stdin: null,
      merged: true,
      onOutput: ({ payload }) => log.append(payload),
    });
    return {
      name,
      exited: running.exited.finally(() => log.close()),
      signal: running.signal,
      logTail: async (lines) => {
        const failure = running.failure();
        if (failure !== null) throw failure;
        return log.tail(lines);
      },
    };
  } catch (error) {
    await log.close();
    throw error;
  }
}
