/**
 * A client's connection to the embedded server: made when it is needed, made anew after a loss. A call waits for a
 * connection attempt under way, and is rejected when that fails; it is never sent twice.
 */
import { connect, type Socket } from 'node:net';
import { asError } from '../../../harness/foundation/errors.ts';
import { deferred, type Deferred } from '../../../harness/foundation/deferred.ts';
import { connectionLost, disposed, timedOut, type Endpoint } from '../failures.ts';
import { frameReader, frameWriter } from './frames.ts';
import type { Answer, Call, Refusal, Request, WatchAnswer } from './protocol.ts';

export interface ConnectionEvents {
  readonly onUp: () => void;
  /** Called after a loss, and after every failed attempt. */
  readonly onDown: (reason: Error) => void;
  readonly onWatchAnswer: (answer: WatchAnswer) => void;
  readonly onRefusal: (refusal: Refusal, call: Call) => Error;
}

export interface Connection extends Disposable {
  readonly isUp: boolean;
  /** Starts an attempt unless there is a connection or an attempt already. */
  open(): void;
  /** `what` names the call in errors. */
  call(call: Call, what: string): Promise<unknown>;
  /** Sends what has no answer of its own; dropped when there is no connection. */
  send(request: Request): void;
}

interface Pending {
  readonly call: Call;
  readonly what: string;
  readonly startedMs: number;
  readonly answer: Deferred<unknown>;
}

interface State {
  readonly endpoint: Endpoint;
  readonly events: ConnectionEvents;
  /** Under way, oldest first. */
  readonly pending: Map<number, Pending>;
  socket: Socket | undefined;
  /** Set while connected. */
  write: ((json: string) => void) | undefined;
  isDisposed: boolean;
  lastId: number;
}

const overdueCheckMs = 250;

export function openConnection(
  endpoint: Endpoint,
  callTimeoutMs: number,
  events: ConnectionEvents,
): Connection {
  const pending = new Map<number, Pending>();
  const state: State = {
    ...{ endpoint, events, pending, lastId: 0 },
    ...{ socket: undefined, write: undefined, isDisposed: false },
  };
  const overdue = setInterval(() => failOverdue(state, callTimeoutMs), overdueCheckMs);
  overdue.unref();
  return {
    get isUp() {
      return state.write !== undefined;
    },
    open: () => dial(state),
    call(call, what) {
      if (state.isDisposed) return Promise.reject(disposed(endpoint, what));
      state.lastId += 1;
      const answer = deferred<unknown>();
      pending.set(state.lastId, { call, what, startedMs: performance.now(), answer });
      if (state.write === undefined) dial(state);
      else state.write(JSON.stringify({ ...call, id: state.lastId }));
      return answer.promise;
    },
    send: (request) => state.write?.(JSON.stringify(request)),
    [Symbol.dispose]() {
      if (state.isDisposed) return;
      state.isDisposed = true;
      clearInterval(overdue);
      failPending(state, ({ what }) => disposed(endpoint, what));
      state.socket?.destroy();
    },
  };
}

function dial(state: State): void {
  if (state.socket !== undefined || state.isDisposed) return;
  const { host, port } = state.endpoint;
  const socket = connect({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 5_000 });
  state.socket = socket;
  let reason = new Error('the connection was closed');
  const read = frameReader((messages) => {
    for (const message of messages) takeAnswer(state, message as Answer);
  });
  socket.on('connect', () => {
    const write = frameWriter(socket);
    state.write = write;
    for (const [id, { call }] of state.pending) write(JSON.stringify({ ...call, id }));
    state.events.onUp();
  });
  socket.on('data', (chunk) => {
    try {
      read(chunk);
    } catch (error) {
      socket.destroy(asError(error));
    }
  });
  socket.on('error', (error) => (reason = error));
  socket.on('close', () => {
    state.socket = undefined;
    state.write = undefined;
    if (state.isDisposed) return;
    failPending(state, ({ what }) => connectionLost(state.endpoint, what, reason));
    state.events.onDown(connectionLost(state.endpoint, 'a watch', reason));
  });
}

function takeAnswer(state: State, answer: Answer): void {
  if ('watch' in answer) {
    state.events.onWatchAnswer(answer);
    return;
  }
  const entry = state.pending.get(answer.id);
  if (entry === undefined) return;
  state.pending.delete(answer.id);
  if ('result' in answer) entry.answer.resolve(answer.result);
  else entry.answer.reject(state.events.onRefusal(answer.refusal, entry.call));
}

function failPending({ pending }: State, reasonFor: (entry: Pending) => Error): void {
  const entries = [...pending.values()];
  pending.clear();
  for (const entry of entries) entry.answer.reject(reasonFor(entry));
}

function failOverdue({ pending, endpoint }: State, limitMs: number): void {
  const now = performance.now();
  for (const [id, { startedMs, what, answer }] of pending) {
    if (now - startedMs < limitMs) return;
    pending.delete(id);
    answer.reject(timedOut(endpoint, what, limitMs));
  }
}
