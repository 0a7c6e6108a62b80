/**
 * The acknowledged requests of a trial counted into buckets of time by DuckDB, so that memory does not grow with the
 * trial. Fine buckets are for finding silence; groups of them are the series that is kept.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from '../../results/store/duckdb.ts';
import type { BucketSeries, SilenceRecord } from '../../results/store/quality-record.ts';
import { acknowledged } from '../trial-metrics.ts';

export interface SampleBuckets {
  /** First measured request was due or sent, in nanoseconds on the samples' clock: bucket 0 begins here. */
  readonly startNs: number;
  /** Of a fine bucket. */
  readonly widthNs: number;
  /** Ascending by index, negative while warming up; buckets without an answer are missing. */
  readonly filled: readonly FilledBucket[];
}

interface FilledBucket {
  readonly index: number;
  readonly count: number;
  readonly latencySumNs: number;
  readonly latencyMaxNs: number;
  readonly firstDoneNs: number;
  readonly lastDoneNs: number;
}

/** Fine buckets in a bucket of the kept series. */
const finePerBucket = 16;
const mostBuckets = 200;
const fewestBuckets = 40;

/**
 * About 1 s where that makes 40 … 200 buckets; more in longer trials, less in shorter ones, but never so little that a
 * bucket holds fewer than ten answers on average, since the mean of fewer is mostly chance. Divides the duration: a
 * last bucket that is cut short would look like a loss of throughput.
 */
export function bucketWidthNs(durationNs: number, count: number): number {
  const seconds = durationNs / 1e9;
  const wanted = Math.ceil(seconds / Math.ceil(Math.max(seconds, 1) / mostBuckets));
  return durationNs / Math.max(1, Math.min(Math.max(wanted, fewestBuckets), Math.floor(count / 10)));
}

/** @returns null when nothing was acknowledged in the measurement */
export async function readBuckets(
  connection: DuckDBConnection,
  parquetPath: string,
): Promise<SampleBuckets | null> {
  const file = `read_parquet(${sqlText(parquetPath)})`;
  const [[start = null, end = null, count = 0] = []] = await rows(
    connection,
    `SELECT min(coalesce(intended_ns, send_ns)), max(done_ns) FILTER (${acknowledged}), count(*) FILTER (${acknowledged})
     FROM ${file} WHERE phase = 'measure'`,
  );
  if (start === null || end === null || end <= start || count === null) return null;
  const widthNs = bucketWidthNs(end - start, count) / finePerBucket;
  // The last answer belongs to the last bucket, not to one of its own.
  const index = `least(floor((done_ns - ${start}) / ${widthNs}), ${Math.ceil((end - start) / widthNs) - 1})`;
  const filled = await rows(
    connection,
    `SELECT ${index} AS b, count(*), sum(latency_ns::DOUBLE), max(latency_ns), min(done_ns), max(done_ns)
     FROM ${file} WHERE ${acknowledged} AND (phase = 'measure' OR done_ns < ${start}) GROUP BY b ORDER BY b`,
  );
  return { startNs: start, widthNs, filled: filled.map(bucketOf) };
}

function bucketOf(row: readonly (number | null)[]): FilledBucket {
  const [index = 0, count = 0, latencySumNs = 0, latencyMaxNs = 0, firstDoneNs = 0, lastDoneNs = 0] =
    row.map(Number);
  return { index, count, latencySumNs, latencyMaxNs, firstDoneNs, lastDoneNs };
}

async function rows(connection: DuckDBConnection, query: string): Promise<(number | null)[][]> {
  const reader = await connection.runAndReadAll(query);
  return reader.getRows().map((row) => row.map((value) => (value === null ? null : Number(value))));
}

/** The series that is kept, warm-up first. Buckets in which nothing was acknowledged are there, with zero. */
export function seriesOf({ startNs, widthNs, filled }: SampleBuckets): BucketSeries {
  const place = ({ index }: FilledBucket) => Math.floor(index / finePerBucket);
  const first = Math.min(0, ...filled.slice(0, 1).map(place));
  const length = Math.max(0, ...filled.slice(-1).map(place)) - first + 1;
  const counts = new Array<number>(length).fill(0);
  const sums = new Float64Array(length);
  const largest = new Float64Array(length);
  for (const bucket of filled) {
    const at = place(bucket) - first;
    counts[at] = (counts[at] ?? 0) + bucket.count;
    sums[at] = (sums[at] ?? 0) + bucket.latencySumNs;
    largest[at] = Math.max(largest[at] ?? 0, bucket.latencyMaxNs);
  }
  const width = widthNs * finePerBucket;
  return {
    startNs: startNs + first * width,
    widthNs: width,
    measureFrom: -first,
    acknowledged: counts,
    latencyMeanMs: counts.map((count, at) => (count === 0 ? null : (sums[at] ?? 0) / count / 1e6)),
    latencyMaxMs: counts.map((count, at) => (count === 0 ? null : (largest[at] ?? 0) / 1e6)),
  };
}

/** The longest time without an acknowledged answer since the measurement began; exact when longer than a fine bucket. */
export function longestSilence({ startNs, filled }: SampleBuckets): SilenceRecord | null {
  let longest: SilenceRecord | null = null;
  let silentSinceNs = startNs;
  for (const { index, firstDoneNs, lastDoneNs } of filled) {
    if (index < 0) continue;
    const durationNs = firstDoneNs - silentSinceNs;
    if (durationNs > (longest?.durationNs ?? 0)) longest = { startNs: silentSinceNs, durationNs };
    silentSinceNs = lastDoneNs;
  }
  return longest;
}
