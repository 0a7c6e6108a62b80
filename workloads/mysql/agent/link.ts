/**
 * The way of one loop to one database: a connection with its prepared insert, which can be lost and restored. After a
 * restoration it says how much of a doubtful batch is there (see `deliveries.ts`).
 */
import type { Connection } from 'mysql2/promise';
import { setTimeout as sleep } from 'node:timers/promises';
import { asError, StrataError } from '../../../harness/foundation/errors.ts';
import { insertSql } from '../schema.ts';
import type { Batch } from '../tuples.ts';
import { takeOver, type Answered, type LeanConnection } from './lean-connection.ts';
import type { Credentials } from './messages.ts';
import { forStatement, queryPacket } from './packets.ts';
import { fence, number, openSession, prepareStatement, refusalOf, type Place } from './session.ts';

export interface LinkRequest {
  /** Name of the database's node. */
  readonly name: string;
  readonly place: Place;
  readonly credentials: Credentials;
  readonly origin: number;
  readonly lane: number;
  /** Rows of the prepared insert. */
  readonly rows: number;
  readonly requestTimeoutMs: number;
  readonly signal: AbortSignal;
  /** Called when the connection breaks while nothing is under way. */
  readonly onIdleLoss: (error: Error) => void;
}

export interface Link {
  readonly name: string;
  /** Connects for the first time; rejects when that cannot be done within the time. */
  readonly open: (timeoutMs: number) => Promise<void>;
  /** Executes the prepared insert: a packet of `packets.ts` with as many rows. */
  readonly insert: (packet: Buffer, answered: Answered) => void;
  /** An insert as text. */
  readonly insertText: (sql: string, answered: Answered) => void;
  /**
   * Connects anew and returns how many rows of `doubtful` are there. `timeoutMs` null = as long as it takes. E547 when
   * the time is over, with what was wrong last.
   */
  readonly restore: (doubtful: Batch | null, timeoutMs: number | null) => Promise<number>;
  /** The database will not come back: nothing waits for its restoration any more, which ends with E547. */
  readonly abandon: () => void;
  readonly isAbandoned: () => boolean;
  /** Breaks the connection off when its answer is overdue. */
  readonly expire: (nowMs: number) => void;
}

const retryMs = 100;
const newestSql = 'SELECT MAX(id) AS n FROM tuples';

/** What a link is at. */
interface LinkState {
  readonly request: LinkRequest;
  connection: LeanConnection | null;
  statementId: number;
  /** Every row of a later batch has a greater id. */
  lastInsertId: number;
  sentAtMs: number;
  isAbandoned: boolean;
}

export function createLink(request: LinkRequest): Link {
  const { name, requestTimeoutMs } = request;
  const state: LinkState = {
    ...{ request, connection: null, statementId: 0, lastInsertId: 0, sentAtMs: 0, isAbandoned: false },
  };
  return {
    name,
    open: async (timeoutMs) => {
      await connect(state, timeoutMs, null);
    },
    insert: (packet, answered) => send(state, answered, ...forStatement(packet, state.statementId)),
    insertText: (text, answered) => send(state, answered, queryPacket(text)),
    restore: (doubtful, timeoutMs) => restore(state, doubtful, timeoutMs),
    abandon: () => {
      state.isAbandoned = true;
    },
    isAbandoned: () => state.isAbandoned,
    expire: (nowMs) => {
      const { connection, sentAtMs } = state;
      if (connection?.isBusy() !== true || nowMs - sentAtMs < requestTimeoutMs) return;
      connection.breakOff(new Error(`no answer within ${requestTimeoutMs / 1000} s`));
    },
  };
}

/** Returns how many rows of the doubtful batch are there. */
async function connect(state: LinkState, timeoutMs: number, doubtful: Batch | null): Promise<number> {
  const { request } = state;
  const { name, origin, lane, rows, signal, onIdleLoss } = request;
  const session = await openSession({ ...request, timeoutMs });
  try {
    await fence(session, `strata-${origin}-${lane}`, signal);
    const present = doubtful === null ? 0 : await countPresent(session, state, doubtful);
    // A server that lost its last seconds in a crash gives their numbers out again.
    if (state.lastInsertId > 0)
      state.lastInsertId = Math.min(state.lastInsertId, (await number(session, newestSql, [])) ?? 0);
    state.statementId = await prepareStatement(session, insertSql(origin, lane, rows));
    state.connection = takeOver(session, onIdleLoss);
    return present;
  } catch (error) {
    session.destroy();
    throw refusalOf(error, name) ?? error;
  }
}

async function countPresent(
  session: Connection,
  { request: { origin, lane }, lastInsertId }: LinkState,
  { firstSeq, count }: Batch,
): Promise<number> {
  const where = 'id > ? AND origin = ? AND lane = ? AND seq BETWEEN ? AND ?';
  const values = [lastInsertId, origin, lane, firstSeq, firstSeq + count - 1];
  return (await number(session, `SELECT COUNT(*) AS n FROM tuples WHERE ${where}`, values)) ?? 0;
}

function send(state: LinkState, answered: Answered, packet: Uint8Array, rest?: Uint8Array): void {
  const { connection, request } = state;
  if (connection === null) {
    answered({ kind: 'lost', error: new Error(`${request.name} was never connected`) });
    return;
  }
  state.sentAtMs = performance.now();
  connection.send(answered, packet, rest);
}

async function restore(state: LinkState, doubtful: Batch | null, timeoutMs: number | null): Promise<number> {
  const { name, signal, requestTimeoutMs } = state.request;
  state.lastInsertId = Math.max(state.lastInsertId, state.connection?.lastInsertId() ?? 0);
  const startedMs = performance.now();
  for (;;) {
    try {
      return await connect(state, requestTimeoutMs, doubtful);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof StrataError && error.code === 'STRATA-E545') throw error;
      const elapsedMs = performance.now() - startedMs;
      if (state.isAbandoned) throw goneForGood(name, error);
      if (timeoutMs !== null && elapsedMs >= timeoutMs) throw awayTooLong(name, elapsedMs, error);
    }
    await sleep(retryMs, undefined, { signal });
  }
}

function goneForGood(name: string, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E547',
    message: `the database of ${name} is gone for good`,
    fix: 'with onPeerLoss drop-and-report the others go on without it',
    cause,
  });
}

function awayTooLong(name: string, elapsedMs: number, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E547',
    message: `${name} did not come back within ${(elapsedMs / 1000).toFixed(1)} s: ${asError(cause).message}`,
    fix: 'read the log of that database; with onPeerLoss drop-and-report the others go on without it',
    cause,
  });
}
