/**
 * Whether the load was what the cell says. Closed loop: as many requests in flight as there are clients (Little's
 * law). Open loop: every request that was due has a sample, so that a silence cannot hide (coordinated omission).
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from '../../results/store/duckdb.ts';
import type { LittlesLawRecord, ScheduleRecord } from '../../results/store/quality-record.ts';

/**
 * N = X (R + Z) with Z = 0: what the clients' requests spent in flight, Σ (done − send) with both ends clipped to the
 * window in which every client was active, over the length of that window. X · R is just that quotient; taking it over
 * the window leaves out clients that have not begun or are through.
 *
 * @returns null when no window holds all clients
 */
export async function littlesLaw(
  connection: DuckDBConnection,
  parquetPath: string,
  clients: number,
): Promise<LittlesLawRecord | null> {
  const measured = `SELECT client, send_ns, done_ns FROM read_parquet(${sqlText(parquetPath)}) WHERE phase = 'measure'`;
  const [from = NaN, to = NaN] = await numbersOf(
    connection,
    `SELECT max(first_ns), min(last_ns) FROM (SELECT client, min(send_ns) AS first_ns,
       if(count(done_ns) = count(*), max(done_ns), NULL) AS last_ns FROM (${measured}) GROUP BY client)`,
  );
  if (!(to > from)) return null;
  const [inFlightNs = NaN] = await numbersOf(
    connection,
    `SELECT sum(greatest(0, least(coalesce(done_ns, ${to}), ${to}) - greatest(send_ns, ${from}))::DOUBLE) FROM (${measured})`,
  );
  const inFlight = inFlightNs / (to - from);
  const relativeError = Math.abs(clients - inFlight) / clients;
  return { clients, inFlight, fromNs: from, toNs: to, relativeError };
}

/** @param ratePerS asked for, over all clients */
export async function scheduleKept(
  connection: DuckDBConnection,
  parquetPath: string,
  ratePerS: number,
): Promise<ScheduleRecord | null> {
  const [recorded = 0, firstNs = NaN, lastNs = NaN, latestSendNs = NaN, longestLatencyNs = NaN] =
    await numbersOf(
      connection,
      `SELECT count(intended_ns), min(intended_ns), max(intended_ns), max(send_ns - intended_ns),
         max(coalesce(done_ns, end_ns) - intended_ns)
       FROM (SELECT *, max(coalesce(done_ns, send_ns)) OVER () AS end_ns
         FROM read_parquet(${sqlText(parquetPath)}) WHERE phase = 'measure')`,
    );
  if (recorded === 0) return null;
  const due = ((lastNs - firstNs) / 1e9) * ratePerS + 1;
  return { due, recorded, latestSendNs, longestLatencyNs };
}

async function numbersOf(connection: DuckDBConnection, query: string): Promise<number[]> {
  const [row = []] = (await connection.runAndReadAll(query)).getRows();
  return row.map((value) => (value === null ? NaN : Number(value)));
}
