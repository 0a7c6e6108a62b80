/**
 * The figures of one trial, computed from its stored samples by DuckDB. Only measured requests enter; warm-up never
 * does. An answer counts as acknowledged when its status is 2xx: a refusal is not service.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Load } from '../harness/foundation/cell.ts';
import { interruptible, openDatabase, sqlText } from '../results/store/duckdb.ts';
import type { LatencySummary, TrialMetrics } from '../results/store/records.ts';
import { exactQuantiles, quantiles } from './trial-metrics-quantiles.ts';

/** SQL over the samples' columns. */
export const acknowledged = 'done_ns IS NOT NULL AND status BETWEEN 200 AND 299';

/**
 * Throughput = acknowledged / (last answer − first intended or send time of the measured phase). Latency counts from
 * the intended time in an open loop, else from the send; service time always from the send.
 *
 * @param load what the cell asked for: decides what counts as open loop
 * @returns null when nothing was acknowledged, since then there is no latency to speak of
 */
export async function computeTrialMetrics(
  parquetPath: string,
  load: Load,
  signal?: AbortSignal,
): Promise<TrialMetrics | null> {
  await using database = await openDatabase(parquetPath);
  const connection = await database.connect();
  try {
    return await interruptible(connection, signal, () => metricsOf(connection, parquetPath, load));
  } finally {
    connection.closeSync();
  }
}

async function metricsOf(
  connection: DuckDBConnection,
  parquetPath: string,
  load: Load,
): Promise<TrialMetrics | null> {
  const measured = `read_parquet(${sqlText(parquetPath)}) WHERE phase = 'measure'`;
  const totals = await numbersOf(
    connection,
    `SELECT count(*) FILTER (${acknowledged}), count(*) FILTER (done_ns IS NULL), coalesce(sum(attempts - 1), 0),
       (max(done_ns) FILTER (${acknowledged}) - min(coalesce(intended_ns, send_ns))) / 1e9 FROM ${measured}`,
  );
  const [count = 0, unanswered = 0, resent = 0, durationS = 0] = totals;
  if (count === 0 || !(durationS > 0)) return null;
  const answered = `${measured} AND ${acknowledged}`;
  const isOpen = load.kind === 'open';
  return {
    acknowledged: count,
    unanswered,
    resent,
    durationS,
    throughputPerS: count / durationS,
    offeredPerS: isOpen ? load.ratePerS : null,
    latencyMs: await summarise(connection, answered, 'latency_ns', count),
    serviceTimeMs: isOpen ? await summarise(connection, answered, '(done_ns - send_ns)', count) : null,
  };
}

/** @param valueNs integer SQL expression over `from`, in nanoseconds */
async function summarise(
  connection: DuckDBConnection,
  from: string,
  valueNs: string,
  n: number,
): Promise<LatencySummary> {
  const [mean = NaN, min = NaN, max = NaN] = await numbersOf(
    connection,
    `SELECT avg(${valueNs}), min(${valueNs}), max(${valueNs}) FROM ${from}`,
  );
  const reachable = quantiles.filter(({ minimumN }) => n >= minimumN);
  const probabilities = reachable.map(({ probability }) => probability);
  const values = await exactQuantiles(connection, from, valueNs, probabilities);
  const valueOf = (name: (typeof quantiles)[number]['name']) => {
    const valueAtNs = values[reachable.findIndex((quantile) => quantile.name === name)];
    return valueAtNs === undefined ? null : valueAtNs / 1e6;
  };
  return {
    mean: mean / 1e6,
    min: min / 1e6,
    ...{ p50: valueOf('p50'), p90: valueOf('p90'), p95: valueOf('p95') },
    ...{ p99: valueOf('p99'), p999: valueOf('p999') },
    max: max / 1e6,
  };
}

async function numbersOf(connection: DuckDBConnection, query: string): Promise<number[]> {
  const [row = []] = (await connection.runAndReadAll(query)).getRows();
  return row.map(Number);
}
