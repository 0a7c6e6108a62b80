/**
 * A Docker Engine for as long as an image is put into it: the root filesystem's own, run in a chroot with its own
 * mounts, processes and (empty) network, so that it neither sees nor disturbs an engine of the host. It ends with this
 * process, whatever ends that.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { waitFor, withDeadline } from '../../harness/foundation/deadline.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import { connectEngine, type Engine } from '../docker/engine.ts';
import { signalIfThere } from '../process/group.ts';
import { asRoot, hostPath } from './host-command.ts';

export interface PrivateEngine extends AsyncDisposable {
  readonly engine: Engine;
  /** Ends it in order, its data written. */
  readonly stop: () => Promise<void>;
}

/** Where it keeps images, inside the root filesystem. */
export const engineData = 'var/lib/docker';

const startTimeoutMs = 60_000;
const stopTimeoutMs = 30_000;
const quotedLines = 10;

/** sun_path of a Unix socket, without the zero at its end. */
const longestSocketPath = 107;

/** The root must be a mount of its own, because the engine changes how mounts propagate from it. */
const startScript = `set -e
mount --bind "$1" "$1"
mount --rbind /dev "$1/dev"
mount --rbind /sys "$1/sys"
mount -t proc proc "$1/proc"
exec chroot "$1" dockerd --host=unix:///engine.sock --data-root=/${engineData} --storage-driver=overlay2 \\
  --iptables=false --ip6tables=false --bridge=none --ip-forward=false >"$1/engine.log" 2>&1
`;

const namespaces = [
  '--mount',
  '--propagation',
  'private',
  '--pid',
  '--fork',
  '--kill-child',
  '--net',
  '--ipc',
];

/** `root` is an unpacked root filesystem; the engine's data goes into it. Throws E338 with the engine's last words. */
export async function startPrivateEngine(root: string, signal: AbortSignal): Promise<PrivateEngine> {
  const socket = shortSocket(root);
  const command = asRoot(['unshare', ...namespaces, '/bin/sh', '-c', startScript, 'sh', root]);
  const [program = '', ...args] = command;
  signal.throwIfAborted();
  const child = execa(program, args, {
    stdio: 'ignore',
    detached: true,
    reject: false,
    env: hostPath(),
  });
  const pid = child.pid;
  const send = (name: NodeJS.Signals) => {
    if (pid !== undefined && child.exitCode === null) signalIfThere(-pid, name);
  };
  const kill = async () => {
    send('SIGKILL');
    await child;
  };
  try {
    const engine = connectEngine({ kind: 'socket', path: socket, from: 'the build of a guest image' });
    const what = 'the Docker Engine of the root filesystem to answer';
    const wait = { what, timeoutMs: startTimeoutMs, signal, code: 'STRATA-E338' as const, fix: failureFix };
    await waitFor(wait, async () => {
      if (child.exitCode !== null || child.signalCode !== null) throw await engineFailure(root, await child);
      await engine.docker.ping();
      return true;
    });
    const stop = () => end(child, send, signal);
    return { engine, stop, [Symbol.asyncDispose]: kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

async function end(
  child: Promise<unknown>,
  send: (name: NodeJS.Signals) => void,
  signal: AbortSignal,
): Promise<void> {
  send('SIGTERM');
  const what = 'the Docker Engine of the root filesystem to end';
  const wait = { what, timeoutMs: stopTimeoutMs, signal, code: 'STRATA-E338' as const, fix: 'run again' };
  await withDeadline(wait, () => child);
}

const failureFix =
  'see the cause; its storage needs a directory for temporary files on ext4 or xfs: set TMPDIR to one';

async function engineFailure(root: string, cause: unknown): Promise<StrataError> {
  const log = await readFile(join(root, 'engine.log'), 'utf8').catch(() => '');
  return new StrataError({
    code: 'STRATA-E338',
    message: 'the Docker Engine of the root filesystem does not start on this machine',
    fix: failureFix,
    cause: new Error(log.trim().split('\n').slice(-quotedLines).join('\n'), { cause }),
  });
}

function shortSocket(root: string): string {
  const socket = join(root, 'engine.sock');
  if (Buffer.byteLength(socket) <= longestSocketPath) return socket;
  throw new StrataError({
    code: 'STRATA-E338',
    message: `the path of a socket has at most ${longestSocketPath} bytes, and ${socket} is longer`,
    fix: 'set TMPDIR to a shorter path',
  });
}
