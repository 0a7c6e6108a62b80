/**
 * Connections of an agent: made with mysql2 (handshake, authentication, prepared statements), and fenced, so that what
 * an earlier connection of the same loop had sent is settled before this one is used.
 */
import {
  createConnection,
  type Connection,
  type ConnectionOptions,
  type RowDataPacket,
} from 'mysql2/promise';
import type { Socket } from 'node:net';
import { withDeadline } from '../../../harness/foundation/deadline.ts';
import { asError, StrataError } from '../../../harness/foundation/errors.ts';
import type { Credentials } from './messages.ts';

export type Place = { readonly socketPath: string } | { readonly host: string; readonly port: number };

export interface SessionRequest {
  /** Name of the database's node, for errors. */
  readonly name: string;
  readonly place: Place;
  readonly credentials: Credentials;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The server answered, and its answer was no: asking again would not help. */
const refusals: ReadonlySet<string> = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_NO_SUCH_TABLE',
  'ER_NOT_SUPPORTED_AUTH_MODE',
  'ER_HOST_NOT_PRIVILEGED',
]);

/**
 * @throws StrataError E545 with the server's words when it refuses; E541 when the deadline passes; the network's error
 *   when the server cannot be reached
 */
export async function openSession(request: SessionRequest): Promise<Connection> {
  const { name, place, credentials, timeoutMs, signal } = request;
  const options: ConnectionOptions = {
    ...credentials,
    ...place,
    connectTimeout: timeoutMs,
    // Statements are laid out by hand (packets.ts): without the attributes MySQL 8 would add to them.
    flags: ['-CLIENT_QUERY_ATTRIBUTES'],
  };
  const wait = {
    ...{ what: `a session at ${name}`, timeoutMs, signal, code: 'STRATA-E541' as const },
    fix: 'the database may be overloaded or paused: read its log',
  };
  // mysql2's own limit covers the connection only, not the handshake with a server that is paused.
  const connecting = createConnection(options);
  try {
    const connection = await withDeadline(wait, () => connecting);
    // Whoever uses it hears of its end through the socket; unheard, the event would end the process.
    connection.on('error', () => undefined);
    return connection;
  } catch (error) {
    void connecting.then(
      (late) => late.destroy(),
      () => undefined,
    );
    throw refusalOf(error, name) ?? error;
  }
}

/** An answer of no as an error that says what to do; undefined for everything else. */
export function refusalOf(error: unknown, name: string): StrataError | undefined {
  if (error instanceof StrataError) return error;
  const { code } = asError(error) as NodeJS.ErrnoException;
  if (code === undefined || !(refusals.has(code) || code.endsWith('ACCESS_DENIED_ERROR'))) return undefined;
  return refused(error, name);
}

export function refused(error: unknown, name: string): StrataError {
  return new StrataError({
    code: 'STRATA-E545',
    message: `the database of ${name} refuses: ${asError(error).message}`,
    fix: 'the user of the trial needs SELECT, INSERT and DELETE on its database; see the words of the server',
    cause: error,
  });
}

/** The socket under a connection, whose replies are parsed by hand from now on (`lean-connection.ts`). */
export function socketOf(connection: Connection): Socket {
  const { stream } = (connection as unknown as { connection: { stream: Socket } }).connection;
  return stream;
}

/** Prepares a statement for its number: it is executed by hand. */
export async function prepareStatement(connection: Connection, sql: string): Promise<number> {
  const prepared = (await connection.prepare(sql)) as unknown as { statement: { id: number } };
  return prepared.statement.id;
}

const fenceStepS = 1;
const fenceTimeoutMs = 30_000;

/**
 * Returns once no other session holds `lock`, and holds it until this one ends. A session gives its locks back only
 * when the server has carried out all it was sent, so what the last holder did is visible from here on. One that does
 * not end by itself (its network is gone) is ended.
 */
export async function fence(connection: Connection, lock: string, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  while (performance.now() - startedMs < fenceTimeoutMs) {
    signal.throwIfAborted();
    if ((await number(connection, 'SELECT GET_LOCK(?, ?) AS n', [lock, fenceStepS])) === 1) return;
    const holder = await number(connection, 'SELECT IS_USED_LOCK(?) AS n', [lock]);
    // It may have ended just now.
    if (holder !== null) await connection.query('KILL ?', [holder]).catch(() => undefined);
  }
  throw new Error(`an earlier session has not ended within ${fenceTimeoutMs / 1000} s`);
}

/** The first column, named `n`, of the only row. */
export async function number(
  connection: Connection,
  sql: string,
  values: readonly (string | number)[],
): Promise<number | null> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
  const value: unknown = rows[0]?.['n'];
  return value === null || value === undefined ? null : Number(value);
}
