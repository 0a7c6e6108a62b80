/**
 * One QMP connection: requests carry ids, so any number may be under way and answers may come in any order, with
 * events in between. Connecting and retrying is in `client.ts`.
 */
import type { Duplex } from 'node:stream';
import { withDeadline, type Wait } from '../../../harness/foundation/deadline.ts';
import { deferred, type Deferred } from '../../../harness/foundation/deferred.ts';
import { asError } from '../../../harness/foundation/errors.ts';
import { lost, notQmp, QmpRefusal, readTheLog, refused, type MonitorPlace } from './errors.ts';
import {
  lineSplitter,
  parseMessage,
  requestLine,
  type CommandReturn,
  type EventName,
  type QmpEvents,
  type QmpMessage,
} from './messages.ts';
import type { EventWait, Limits, Qmp } from './qmp.ts';

/** A session that has not negotiated yet: the greeting and the one command that is allowed then. */
export interface RawSession {
  readonly qmp: Qmp;
  /** QEMU's version. Rejects when the connection is lost first. */
  readonly greeting: Promise<string>;
  readonly negotiate: (limits: Limits) => Promise<void>;
}

interface Pending {
  readonly command: string;
  readonly answer: Deferred<unknown>;
}

type Listener = (data: never) => void;

interface State {
  readonly place: MonitorPlace;
  /** Where a caller names none. */
  readonly limits: Limits;
  readonly pending: Map<number, Pending>;
  readonly listeners: Map<string, Set<Listener>>;
  readonly greeting: Deferred<string>;
  /** Waiting for something that will not come any more once the connection is lost. */
  readonly onLost: Set<(why: Error) => void>;
  /** Why the connection is gone; undefined while it is there. */
  lostBy: Error | undefined;
}

/** QEMU answers in milliseconds, and in seconds when many start on few cores. */
const answerTimeoutMs = 60_000;

/** Takes over a connected socket; `signal` ends every wait that names no other. */
export function openSession(socket: Duplex, place: MonitorPlace, signal: AbortSignal): RawSession {
  const limits: Limits = { timeoutMs: answerTimeoutMs, signal };
  const state: State = {
    ...{ place, limits, pending: new Map(), listeners: new Map(), greeting: deferred(), onLost: new Set() },
    lostBy: undefined,
  };
  state.greeting.promise.catch(() => undefined);
  const closed = receive(socket, state);
  const send = sender(socket, state);
  const on: Qmp['on'] = (event, listener) => listen(state, event, listener);
  const qmp: Qmp = {
    execute: (command, ...[args, limits]) =>
      send(command, args ?? {}, limits) as Promise<CommandReturn<typeof command>>,
    on,
    nextEvent: (event, wait) => nextEvent(state, event, wait),
    closed,
    [Symbol.dispose]: () => {
      lose(state, new Error('strata closed it'));
      socket.destroy();
    },
  };
  return {
    qmp,
    greeting: state.greeting.promise,
    negotiate: async (limits) => {
      await send('qmp_capabilities', {}, limits);
    },
  };
}

function receive(socket: Duplex, state: State): Promise<void> {
  const split = lineSplitter();
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    for (const line of split(chunk)) {
      if (state.lostBy !== undefined) return;
      try {
        dispatch(state, parsed(state.place, line));
      } catch (error) {
        lose(state, asError(error));
        socket.destroy();
      }
    }
  });
  socket.on('error', (error) => lose(state, error));
  socket.once('end', () => socket.destroy());
  return new Promise((resolve) => {
    socket.once('close', () => {
      lose(state, new Error('QEMU closed it'));
      resolve();
    });
  });
}

function parsed(place: MonitorPlace, line: string): QmpMessage {
  try {
    return parseMessage(line);
  } catch (cause) {
    throw notQmp(place, line, cause);
  }
}

function dispatch(state: State, message: QmpMessage): void {
  switch (message.kind) {
    case 'greeting':
      state.greeting.resolve(message.version);
      return;
    case 'event':
      for (const listener of [...(state.listeners.get(message.name) ?? [])]) listener(message.data as never);
      return;
    case 'return':
      take(state, message.id)?.answer.resolve(message.value);
      return;
    case 'error': {
      const pending = take(state, message.id);
      const { errorClass, description } = message;
      pending?.answer.reject(refused(state.place, new QmpRefusal(pending.command, errorClass, description)));
    }
  }
}

/** The request an answer belongs to; undefined when nobody waits for it any more. */
function take(state: State, id: unknown): Pending | undefined {
  const pending = state.pending.get(id as number);
  state.pending.delete(id as number);
  return pending;
}

function lose(state: State, why: Error): void {
  if (state.lostBy !== undefined) return;
  state.lostBy = why;
  state.greeting.reject(lost(state.place, 'its greeting', why));
  for (const { command, answer } of state.pending.values()) {
    answer.reject(lost(state.place, `'${command}' was answered`, why));
  }
  state.pending.clear();
  for (const tell of state.onLost) tell(why);
  state.onLost.clear();
}

function sender(socket: Duplex, state: State) {
  let lastId = 0;
  return async (command: string, args: object, asked: Partial<Limits> = {}): Promise<unknown> => {
    const limits = { ...state.limits, ...asked };
    limits.signal.throwIfAborted();
    if (state.lostBy !== undefined) throw lost(state.place, `'${command}' was sent`, state.lostBy);
    const id = (lastId += 1);
    const answer = deferred<unknown>();
    state.pending.set(id, { command, answer });
    socket.write(requestLine(id, command, args));
    try {
      return await withDeadline(waitOn(state, `QEMU to answer '${command}'`, limits), () => answer.promise);
    } finally {
      state.pending.delete(id);
    }
  };
}

function waitOn({ place }: State, what: string, { timeoutMs, signal }: Limits): Wait {
  const log = place.log === undefined ? {} : { log: place.log };
  return { what: `${what} (${place.path})`, timeoutMs, signal, code: 'STRATA-E427', fix: readTheLog, ...log };
}

function listen(state: State, event: string, listener: Listener): Disposable {
  const listeners = state.listeners.get(event) ?? new Set();
  state.listeners.set(event, listeners.add(listener));
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}

async function nextEvent<E extends EventName>(
  state: State,
  event: E,
  wait: EventWait<E> = {},
): Promise<QmpEvents[E]> {
  if (state.lostBy !== undefined) throw lost(state.place, `${event} was seen`, state.lostBy);
  const limits = { ...state.limits, ...wait };
  limits.signal.throwIfAborted();
  const seen = deferred<QmpEvents[E]>();
  using _listening = listen(state, event, (data: QmpEvents[E]) => {
    if (wait.accept?.(data) ?? true) seen.resolve(data);
  });
  const tell = (why: Error) => seen.reject(lost(state.place, `${event} was seen`, why));
  state.onLost.add(tell);
  try {
    return await withDeadline(waitOn(state, `QEMU's event ${event}`, limits), () => seen.promise);
  } finally {
    state.onLost.delete(tell);
  }
}
