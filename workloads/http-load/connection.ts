/**
 * One connection of the load generator: autocannon's client with its decisions taken over. autocannon connects,
 * writes, parses and times; this module decides when a request is written and where the next attempt goes, so that
 *  - a request that got no answer is written again, never replaced by a new one;
 *  - a target that refuses, breaks, stays silent or answers 5xx is left for the next one, as a load balancer that
 *    notices dead replicas would do;
 *  - a client may rest with nothing outstanding, and its time-out does not tear the connection down meanwhile;
 *  - reconnecting is never a busy loop (autocannon by itself reconnects at once, for ever).
 */
import { methodsOf, type AutocannonClient } from './autocannon-internals.ts';
import type { HttpTarget } from './plan.ts';
import type { TargetWatch } from './target-watch.ts';

/** What the driver decides for a connection. */
export interface ConnectionOwner {
  /** The connection is up and nothing is outstanding on it: true when a new request is to be written now. */
  readonly next: () => boolean;
  readonly isOutstanding: () => boolean;
  /** The bytes of the outstanding request, for `host`. */
  readonly encode: (host: string) => Buffer;
  /** Status below 500: an answer to the outstanding request. */
  readonly answered: (status: number, body: string, bytes: number, target: number) => void;
}

export interface Connection {
  readonly isUp: () => boolean;
  /** Writes the outstanding request. Only while `isUp`. */
  readonly send: () => void;
}

export interface Route {
  readonly targets: readonly HttpTarget[];
  readonly first: number;
  readonly requestTimeoutMs: number;
  readonly watch: TargetWatch;
}

/** Where a connection stands between two answers. */
interface Link {
  readonly isUp: () => boolean;
  /** Nothing is outstanding on a sound connection: autocannon's time-out has nothing to time. */
  readonly isResting: () => boolean;
  readonly target: () => number;
  /** Value of the Host header. */
  readonly host: () => string;
  readonly open: () => void;
  /** Leaves the connection as it is now behind and opens another, later the more often it failed in a row. */
  readonly reopen: () => void;
  readonly succeeded: () => void;
  /** A living client's connection is destroyed by autocannon's time-out only: notes where it struck. */
  readonly noteTimeout: () => void;
}

/** Replaces the decisions of `client`, which must not have connected yet (as in autocannon's `setupClient`). */
export function takeOver(client: AutocannonClient, route: Route, owner: ConnectionOwner): Connection {
  const autocannon = methodsOf(client);
  const link = linkOf(client, route, owner);
  let body = '';
  client.timeout = route.requestTimeoutMs;
  client.getRequestBuffer = () => owner.encode(link.host());
  client.requestIterator.recordBody = (_request, _status, text) => {
    body = text;
  };
  client.on('response', (status: number, bytes: number) => {
    if (status >= 500) {
      route.watch.failedAnswer(link.target(), status);
      link.reopen();
      return;
    }
    link.succeeded();
    owner.answered(status, body, bytes, link.target());
  });
  client.on('connError', (error: NodeJS.ErrnoException) =>
    route.watch.failedConnection(link.target(), error.code ?? error.message),
  );
  client._doRequest = () => {
    if (!link.isUp()) return;
    if (owner.isOutstanding() || owner.next()) autocannon._doRequest.call(client);
  };
  client._connect = () => {
    if (client.conn === undefined) link.open();
    else if (!link.isResting()) link.reopen();
  };
  client._destroyConnection = () => {
    if (!client.destroyed) {
      if (link.isResting()) return;
      link.noteTimeout();
    }
    autocannon._destroyConnection.call(client);
  };
  return { isUp: link.isUp, send: () => autocannon._doRequest.call(client) };
}

function linkOf(client: AutocannonClient, { targets, first, watch }: Route, owner: ConnectionOwner): Link {
  const autocannon = methodsOf(client);
  let target = first;
  let host = '';
  let established = false;
  let failures = 0;
  let reconnecting: NodeJS.Timeout | undefined;

  const isUp = () => established && client.conn?.destroyed === false && !client.conn.readableEnded;

  function open(): void {
    const { host: hostname, port } = targetAt(targets, target);
    host = `${hostname}:${port}`;
    client.opts.hostname = hostname;
    client.opts.port = port;
    autocannon._connect.call(client);
    client.conn?.once('connect', () => {
      established = true;
      client._doRequest();
    });
  }

  function reopen(): void {
    if (reconnecting !== undefined || client.destroyed) return;
    const wasResting = established && !owner.isOutstanding();
    established = false;
    failures += 1;
    reconnecting = setTimeout(
      () => {
        reconnecting = undefined;
        if (!wasResting) target = (target + 1) % targets.length;
        autocannon._destroyConnection.call(client);
        client.parser.initialize('RESPONSE');
        open();
      },
      reconnectPauseMs(failures, targets.length),
    );
  }

  client.on('done', () => clearTimeout(reconnecting));
  return {
    isUp,
    isResting: () => isUp() && !owner.isOutstanding(),
    target: () => target,
    host: () => host,
    open,
    reopen,
    succeeded: () => {
      failures = 0;
    },
    noteTimeout: () => {
      if (established) watch.timedOut(target);
      else if (client.conn?.connecting === true) watch.failedConnection(target, 'ETIMEDOUT');
    },
  };
}

/** At once while there are targets not tried yet, then 10, 20, … up to 250 ms: at most 4 attempts a second. */
export function reconnectPauseMs(failures: number, targets: number): number {
  const rounds = failures - targets;
  return rounds < 0 ? 0 : Math.min(250, 10 * 2 ** Math.min(rounds, 10));
}

function targetAt(targets: readonly HttpTarget[], index: number): HttpTarget {
  const target = targets[index];
  if (target === undefined) throw new RangeError(`no target ${index} among ${targets.length}`);
  return target;
}
