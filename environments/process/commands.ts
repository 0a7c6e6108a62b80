/** Running a command to its end, and running one for as long as its node lives. */
import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../../harness/foundation/deadline.ts';
import type { ExecOptions, ExecResult, NodeProcess } from '../environment.ts';
import { startGroup, type GroupCommand, type ProcessGroup } from './group.ts';

/** A command with everything but its stdio. */
export type PreparedCommand = Omit<GroupCommand, 'stdio'>;

/** How long output may stay silent after the command ended, when something it left behind holds the pipe open. */
const silenceMs = 250;

/** `describe` is the command in words, for errors. `onStart` sees the group before anything is awaited. */
export async function runToEnd(
  command: PreparedCommand,
  options: ExecOptions,
  describe: string,
  onStart: (group: ProcessGroup) => void,
): Promise<ExecResult> {
  options.signal.throwIfAborted();
  const stdin = options.stdin === undefined ? 'ignore' : 'pipe';
  const group = await startGroup({ ...command, stdio: [stdin, 'pipe', 'pipe'] });
  onStart(group);
  const wait = {
    what: describe,
    timeoutMs: options.timeoutMs,
    signal: options.signal,
    code: 'STRATA-E402' as const,
    fix: 'give the command more time, or look why it does not end',
  };
  try {
    return await withDeadline(wait, () => collect(group, options.stdin));
  } finally {
    if (group.running()) {
      group.signal('SIGKILL');
      await group.exited;
    }
  }
}

async function collect(group: ProcessGroup, stdin: string | undefined): Promise<ExecResult> {
  const { child } = group;
  // A command may end without reading its stdin; what it then says matters, not the broken pipe.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(stdin);
  const [stdout, stderr] = [gather(child.stdout), gather(child.stderr)];
  const closed = new Promise<true>((resolve) => child.once('close', () => resolve(true)));
  const exitCode = await group.exited;
  await drained(child, closed, () => stdout.chunks.length + stderr.chunks.length);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function gather(stream: ChildProcess['stdout']) {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { chunks, text: () => Buffer.concat(chunks).toString('utf8') };
}

/** All output is in when the pipes are closed; a background child that keeps them open is not waited for. */
async function drained(child: ChildProcess, closed: Promise<true>, chunkCount: () => number): Promise<void> {
  for (let before = -1; before !== chunkCount();) {
    before = chunkCount();
    const timer = new AbortController();
    const silence = sleep(silenceMs, false as const, { signal: timer.signal }).catch(() => false as const);
    const done = await Promise.race([closed, silence]);
    timer.abort();
    if (done) return;
  }
  child.stdout?.destroy();
  child.stderr?.destroy();
}

/**
 * Starts a command whose stdout and stderr go, interleaved, to the end of a file. The process exists by the time
 * this function first gives way, so that whoever ends a node finds it.
 */
export async function startLogged(
  name: string,
  command: PreparedCommand,
  logFile: string,
  onStart: (group: ProcessGroup) => void,
): Promise<NodeProcess> {
  const log = openSync(logFile, 'a', 0o600);
  try {
    const { size: logStart } = fstatSync(log);
    const group = await startGroup({ ...command, stdio: ['ignore', log, log] });
    onStart(group);
    return {
      name,
      exited: group.exited,
      signal: (signalName) => {
        group.signal(signalName);
        return Promise.resolve();
      },
      logTail: (lines) => tail(logFile, logStart, lines),
    };
  } finally {
    closeSync(log);
  }
}

const tailBytes = 64 * 1024;

/** The last lines of a file, of what comes after `from` and within its last 64 KiB. */
async function tail(file: string, from: number, lines: number): Promise<string> {
  const { size } = await stat(file);
  const start = Math.max(from, size - tailBytes);
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead).replace(/\n$/, '');
    return text.split('\n').slice(-lines).join('\n');
  } finally {
    await handle.close();
  }
}
