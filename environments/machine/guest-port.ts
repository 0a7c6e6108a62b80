/**
 * The host's end of the serial port on which a guest's init reports its boot and is told who it is. The protocol is
 * in the header of `environments/guest/host.c`: lines both ways, one request at a time, no forks in the guest.
 */
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor, withDeadline, type Wait } from '../../harness/foundation/deadline.ts';
import { deferred, type Deferred } from '../../harness/foundation/deferred.ts';
import { StrataError } from '../../harness/foundation/errors.ts';

/** Something that happened in the guest. */
export interface GuestEvent {
  /** `kernel` (init runs), `disk`, `listening` (SSH), `ready` (the services of its role answer). */
  readonly name: string;
  /** Guest time since its kernel started, ns. */
  readonly guestNs: number;
  /** Host time when it was heard, ns of `process.hrtime`. */
  readonly heardNs: number;
}

/** The guest's clocks when it had done what was asked. */
export interface GuestClocks {
  readonly bootNs: number;
  readonly realtimeNs: bigint;
}

export interface GuestPort extends Disposable {
  /** All events heard so far, in order. */
  readonly events: readonly GuestEvent[];
  /** Resolves when the event was heard; rejects when the guest tells an error or the port closes. */
  readonly heard: (event: string) => Promise<GuestEvent>;
  /** Applies all lines in order; E421 with the guest's words when one cannot be. */
  readonly request: (lines: readonly string[]) => Promise<GuestClocks>;
}

export interface GuestPortRequest {
  readonly path: string;
  /** Name of the machine, for errors. */
  readonly machine: string;
  /** Ends all waiting; aborted with a StrataError, that is what ended it. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** A resident agent answers in milliseconds; under software emulation with many guests, in seconds. */
const answerTimeoutMs = 60_000;

/** A QEMU that closes its port is about to end; on a busy machine its end is heard of seconds later. */
const lastWordsMs = 5_000;

/** Connects to the socket QEMU listens on. It may not be there yet. */
export async function openGuestPort(request: GuestPortRequest): Promise<GuestPort> {
  const { path, machine, signal, timeoutMs } = request;
  const wait: Wait = {
    ...{ what: `the serial port of ${machine} (${path})`, timeoutMs, signal, intervalMs: 5 },
    ...{ code: 'STRATA-E420', fix: 'see the log of QEMU in the log directory of the node' },
  };
  const socket = await waitFor(wait, () => connected(path));
  return guestPort(socket, machine, signal);
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
  });
}

function guestPort(socket: Socket, machine: string, signal: AbortSignal): GuestPort {
  const events: GuestEvent[] = [];
  const waiting = new Map<string, Deferred<GuestEvent>>();
  let answer: Deferred<GuestClocks> | undefined;
  let failure: StrataError | undefined;
  const fail = (error: StrataError) => {
    failure = error;
    const heard = answer;
    answer = undefined;
    if (heard !== undefined) heard.reject(failure);
    else for (const event of waiting.values()) event.reject(failure);
  };
  socket.on('error', () => undefined);
  socket.once('close', () => {
    void whyClosed(machine, signal).then((error) => {
      const listeners = [...waiting.values()];
      fail(error);
      for (const event of listeners) event.reject(error);
    });
  });
  const lines = createInterface({ input: socket });
  // It passes on the errors of its socket, as errors of its own; the close that follows says all there is to say.
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    const [word = '', name = '', number = '0'] = line.split(' ');
    if (word === 'event') {
      const event = { name, guestNs: Number(number), heardNs: Number(process.hrtime.bigint()) };
      events.push(event);
      waiting.get(name)?.resolve(event);
    } else if (word === 'ok') {
      answer?.resolve({ bootNs: Number(name), realtimeNs: BigInt(number) });
      answer = undefined;
    } else if (word === 'error') fail(guestError(machine, line.slice('error '.length)));
  });
  const heard = (name: string) => {
    const known = events.find((event) => event.name === name);
    if (known !== undefined) return Promise.resolve(known);
    if (failure !== undefined) return Promise.reject(failure);
    const pending = waiting.get(name) ?? deferred<GuestEvent>();
    waiting.set(name, pending);
    // Whoever waits may have gone on by another way, such as a panic on the console.
    pending.promise.catch(() => undefined);
    return pending.promise;
  };
  return {
    events,
    heard,
    request: async (lines) => {
      const pending = deferred<GuestClocks>();
      answer = pending;
      socket.write(`${lines.join('\n')}\n\n`);
      const wait: Wait = {
        ...{ what: `${machine} to take its identity`, timeoutMs: answerTimeoutMs, signal },
        ...{ code: 'STRATA-E421', fix: 'see the serial log of the node' },
      };
      return withDeadline(wait, () => pending.promise);
    },
    [Symbol.dispose]: () => socket.destroy(),
  };
}

/** The port is closed a moment before the end of QEMU is known, and that tells more. */
async function whyClosed(machine: string, signal: AbortSignal): Promise<StrataError> {
  if (!signal.aborted) await sleep(lastWordsMs, undefined, { signal, ref: false }).catch(() => undefined);
  const reason: unknown = signal.reason;
  return reason instanceof StrataError
    ? reason
    : guestError(machine, 'its serial port was closed: the machine is gone');
}

function guestError(machine: string, words: string): StrataError {
  return new StrataError({
    code: 'STRATA-E421',
    message: `the guest of ${machine} says: ${words}`,
    fix: 'see the serial log of the node',
  });
}
