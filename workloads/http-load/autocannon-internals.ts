/**
 * The parts of autocannon 9.0.0 that lie under its documented interface and that the drivers take over per client.
 * `autocannon-internals.test.ts` pins each of them, so that a new version fails there and not in a measurement.
 *
 * The documented hooks are left alone because they are paid for on every request: `setupRequest` rebuilds it with
 * generic code, and `onResponse` copies all headers through lodash.
 */
import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** autocannon's HttpClient: one connection, one parser, one time-out. */
export interface AutocannonClient extends EventEmitter {
  readonly opts: { hostname: string; port: number };
  /** Milliseconds; read when the client's timer is made, which is after `setupClient`. */
  timeout: number;
  readonly destroyed: boolean;
  /** Set by `_connect`. */
  readonly conn?: Socket;
  readonly parser: { initialize(type: 'RESPONSE'): void };
  readonly requestIterator: {
    /** Called with every complete answer, just before the event `response` (status, bytes on the wire, …). */
    recordBody: (request: unknown, status: number, body: string, rawHeaders: string[]) => void;
  };
  /** Gives the bytes to write; called once per write, just before it. */
  getRequestBuffer: () => Buffer;
  /** Opens `conn` and asks for a request; called at construction and after `error`, `end` and a time-out. */
  _connect: () => void;
  /** Writes one request on `conn` and restarts the time-out. Called by `_connect` and after every answer. */
  _doRequest: () => void;
  /** Silences and destroys `conn` and forgets what was outstanding on it. */
  _destroyConnection: () => void;
  /** Ends the client for good and emits `done`. */
  destroy(): void;
}

/** The unchanged methods, below whatever an instance overrides. */
export type AutocannonMethods = Pick<AutocannonClient, '_connect' | '_doRequest' | '_destroyConnection'>;

export function methodsOf(client: AutocannonClient): AutocannonMethods {
  return Object.getPrototypeOf(client) as AutocannonMethods;
}
