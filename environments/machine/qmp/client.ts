/** Getting a line to a QEMU that is still starting: its socket appears some 20 ms after the process. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor, withDeadline, type Wait } from '../../../harness/foundation/deadline.ts';
import { asError } from '../../../harness/foundation/errors.ts';
import { errnoOf } from '../../errno.ts';
import { readTheLog, unreachable, type MonitorPlace } from './errors.ts';
import type { Qmp } from './qmp.ts';
import { openSession } from './session.ts';

export type { Qmp } from './qmp.ts';

export interface QmpConnection {
  /** Unix socket QEMU listens on; it need not be there yet. */
  readonly path: string;
  /** Ends the attempts, and later every wait that names no signal of its own. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** Where QEMU's own words are, named in errors. */
  readonly log?: string;
  /** Ends the attempts at once, with its outcome as the cause. */
  readonly processExited?: Promise<unknown>;
}

/** The socket is not there yet, nobody listens on it yet, or whoever did closed it with this call in the queue. */
const notYet = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET']);

/** A QEMU that closes its monitor is about to end; on a busy machine its end is heard of seconds later. */
const lastWordsMs = 5_000;

/** What `sun_path` has room for (unix(7)); a longer path would be cut silently. */
const maxSocketPathBytes = 107;

/** Connects, reads the greeting and negotiates. Throws E425 when that fails or takes too long. */
export async function connectQmp(connection: QmpConnection): Promise<Qmp> {
  const { path, signal, timeoutMs } = connection;
  const place: MonitorPlace = { path, log: connection.log };
  signal.throwIfAborted();
  if (Buffer.byteLength(path) > maxSocketPathBytes) {
    throw unreachable(
      place,
      `has too long a path for a socket: more than ${maxSocketPathBytes} bytes`,
      undefined,
    );
  }
  const deadlineMs = performance.now() + timeoutMs;
  using exit = watchExit(connection.processExited, place);
  const limits = () => ({
    signal: AbortSignal.any([signal, exit.signal]),
    timeoutMs: Math.max(0, deadlineMs - performance.now()),
  });
  let socket: Socket | undefined;
  try {
    socket = await waitFor({ ...waitOn(place), ...limits() }, () => attempt(place));
    const session = openSession(socket, place, signal);
    await withDeadline({ ...waitOn(place), ...limits() }, () => session.greeting);
    await session.negotiate(limits());
    return session.qmp;
  } catch (error) {
    const wasClosed = socket?.destroyed ?? false;
    socket?.destroy();
    signal.throwIfAborted();
    if (wasClosed) await exit.within(Math.min(lastWordsMs, limits().timeoutMs), signal);
    if (exit.signal.aborted) throw asError(exit.signal.reason);
    throw error;
  }
}

function waitOn({ path, log }: MonitorPlace): Omit<Wait, 'signal' | 'timeoutMs'> {
  return {
    ...{ what: `QEMU's monitor at ${path}`, code: 'STRATA-E425', fix: readTheLog, intervalMs: 5 },
    ...(log === undefined ? {} : { log }),
  };
}

interface ExitWatch extends Disposable {
  /** Aborts with an E425 when the process has ended. */
  readonly signal: AbortSignal;
  /** Waits for it, but no longer than this; throws the reason of `signal` when that aborts first. */
  readonly within: (ms: number, signal: AbortSignal) => Promise<void>;
}

function watchExit(processExited: Promise<unknown> | undefined, place: MonitorPlace): ExitWatch {
  const exit = new AbortController();
  let watching = true;
  const end = (cause: unknown) => {
    if (watching) exit.abort(unreachable(place, 'never answered, because QEMU ended', exitCause(cause)));
  };
  const happened = processExited?.then(end, end);
  return {
    signal: exit.signal,
    within: async (ms, signal) => {
      if (happened === undefined) return;
      await Promise.race([happened, sleep(ms, undefined, { signal, ref: false })]).catch(() => undefined);
      signal.throwIfAborted();
    },
    [Symbol.dispose]: () => {
      watching = false;
    },
  };
}

function exitCause(outcome: unknown): Error {
  if (typeof outcome === 'number') return new Error(`its exit code was ${outcome}`);
  return outcome === undefined ? new Error('its exit code is not known') : asError(outcome);
}

function attempt(place: MonitorPlace): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(place.path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error) => {
      const retry = notYet.has(errnoOf(error) ?? '');
      reject(retry ? error : unreachable(place, `cannot be reached: ${error.message}`, error));
    });
  });
}
