/** Running iproute2. A call costs some 5 ms, of which almost all is the process, so commands go in batches. */
import { execa } from 'execa';
import { StrataError } from '../../harness/foundation/errors.ts';

/** The command of a batch that was refused. */
export interface Refusal {
  readonly command: string;
  /** In the words of `ip`: "RTNETLINK answers: File exists". */
  readonly reason: string;
}

export interface BatchOptions {
  readonly signal: AbortSignal;
  /** Goes on after a command that was refused. */
  readonly force?: boolean;
}

const timeoutMs = 20_000;

/**
 * Runs the commands in order in one process; null when all were done, else the first that was refused. A batch that
 * has begun is let go to its end, some milliseconds, whatever comes: broken off between the making of a link and the
 * giving of its alias it would leave a link that nobody finds again.
 */
export async function tryIpBatch(
  commands: readonly string[],
  { signal, force = false }: BatchOptions,
): Promise<Refusal | null> {
  signal.throwIfAborted();
  const outcome = await execa('ip', [...(force ? ['-force'] : []), '-batch', '-'], {
    input: commands.map((command) => `${command}\n`).join(''),
    reject: false,
    // Out of reach of a Ctrl-C at the terminal, and not ended with this process.
    detached: true,
    cleanup: false,
    timeout: timeoutMs,
  });
  signal.throwIfAborted();
  if (!outcome.failed) return null;
  const line = Number(/Command failed \S*:(\d+)/.exec(outcome.stderr)?.[1] ?? Number.NaN);
  const command = commands[line - 1];
  if (command !== undefined) return { command, reason: outcome.stderr.split('\n')[0] ?? '' };
  throw new StrataError({
    code: 'STRATA-E340',
    message: outcome.timedOut ? `ip did not answer within ${timeoutMs / 1000} s` : 'cannot run ip',
    fix: 'apt-get install -y --no-install-recommends iproute2 (as root), and see the cause',
    cause: outcome,
  });
}

/** As {@link tryIpBatch}, throwing what {@link refusalError} makes of a refusal. */
export async function ipBatch(commands: readonly string[], options: BatchOptions): Promise<void> {
  const refusal = await tryIpBatch(commands, options);
  if (refusal !== null) throw refusalError(refusal);
}

/** E341 without the right to change the network, E342 without tap devices, E345 for all else. */
export function refusalError({ command, reason }: Refusal): StrataError {
  const cause = new Error(`ip ${command}: ${reason}`);
  if (/Operation not permitted|Permission denied/.test(reason)) {
    const fix = 'run as root; without it virtual machines take the user network';
    return new StrataError({
      code: 'STRATA-E341',
      message: 'this user may not make network links',
      fix,
      cause,
    });
  }
  if (command.startsWith('tuntap') && reason.includes('No such file')) {
    const fix = 'modprobe tun; mkdir -p /dev/net; mknod /dev/net/tun c 10 200 (as root)';
    return new StrataError({
      code: 'STRATA-E342',
      message: 'this machine has no /dev/net/tun',
      fix,
      cause,
    });
  }
  const fix = 'see the cause; `strata clean` removes links that dead runs left';
  return new StrataError({ code: 'STRATA-E345', message: `ip refused: ${command}`, fix, cause });
}

export function isTaken({ reason }: Refusal): boolean {
  return reason.includes('File exists') || reason.includes('Device or resource busy');
}
