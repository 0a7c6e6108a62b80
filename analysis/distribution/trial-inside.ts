/**
 * One trial's requests over time, few enough to be drawn. Min-max decimation: of each span of time the fastest and the
 * slowest request, so that a peak survives however many requests surround it.
 */
import type { DuckDBConnection } from '@duckdb/node-api';
import { sqlText } from '../../results/store/duckdb.ts';
import type { TimePoint, TrialInside } from './distribution.ts';

/** Of these, two requests each. */
const spans = 400;
const rateSpans = 60;
const mostPoints = 2 * spans;

export type SampledInside = Pick<
  TrialInside,
  'requests' | 'unanswered' | 'measuredFromS' | 'warmUp' | 'measured' | 'isDecimated' | 'rate'
>;

const due = 'coalesce(intended_ns, send_ns)';
const isAnswered = 'done_ns IS NOT NULL AND status BETWEEN 200 AND 299 AND latency_ns IS NOT NULL';

/** @returns null when there is no sample at all */
export async function lookInside(connection: DuckDBConnection, path: string): Promise<SampledInside | null> {
  const file = `read_parquet(${sqlText(path)})`;
  const totals = await rows(
    connection,
    `SELECT count(*), count(*) FILTER (NOT (${isAnswered})), min(${due}), max(coalesce(done_ns, ${due})),
       min(${due}) FILTER (phase = 'measure'), count(*) FILTER (phase <> 'measure') FROM ${file}`,
  );
  const [requests = 0, unanswered = 0, fromNs = 0, toNs = 0, measuredFromNs = 0, warmUps = 0] =
    totals[0] ?? [];
  if (requests === 0) return null;
  const isDecimated = requests - unanswered > mostPoints;
  const widthNs = Math.max(1, toNs - fromNs);
  const points = await rows(connection, isDecimated ? extremes(file, fromNs, widthNs) : everyPoint(file));
  const ofPhase = (phase: number): TimePoint[] =>
    points.flatMap(([atNs = 0, latencyNs = 0, isMeasured]) =>
      isMeasured === phase ? [[seconds(atNs), ms(latencyNs)] as const] : [],
    );
  return {
    requests,
    unanswered,
    measuredFromS: warmUps === 0 ? null : seconds(measuredFromNs),
    warmUp: ofPhase(0),
    measured: ofPhase(1),
    isDecimated,
    rate: await rateOf(connection, file, fromNs, widthNs),
  };
}

function everyPoint(file: string): string {
  return `SELECT ${due} AS due_ns, latency_ns, (phase = 'measure')::INTEGER FROM ${file} WHERE ${isAnswered} ORDER BY due_ns`;
}

function extremes(file: string, fromNs: number, widthNs: number): string {
  const span = `floor((${due} - ${fromNs}) * ${spans} / ${widthNs}::DOUBLE)`;
  const grouped = `FROM ${file} WHERE ${isAnswered} GROUP BY ${span}, phase`;
  const measured = "(phase = 'measure')::INTEGER";
  return `SELECT arg_min(${due}, latency_ns) AS due_ns, min(latency_ns), ${measured} ${grouped}
    UNION SELECT arg_max(${due}, latency_ns), max(latency_ns), ${measured} ${grouped} ORDER BY due_ns`;
}

/** A span without any answer is a zero that must be seen: the service stood still. */
async function rateOf(
  connection: DuckDBConnection,
  file: string,
  fromNs: number,
  widthNs: number,
): Promise<TimePoint[]> {
  const counted = await rows(
    connection,
    `SELECT least(floor((done_ns - ${fromNs}) * ${rateSpans} / ${widthNs}::DOUBLE), ${rateSpans - 1}) AS span, count(*)
     FROM ${file} WHERE ${isAnswered} GROUP BY span`,
  );
  const bySpan = new Map(counted.map(([span = 0, count = 0]) => [span, count]));
  const spanS = widthNs / 1e9 / rateSpans;
  return Array.from({ length: rateSpans }, (_, span) => {
    const atS = fromNs / 1e9 + (span + 0.5) * spanS;
    return [rounded(atS), rounded((bySpan.get(span) ?? 0) / spanS)] as const;
  });
}

async function rows(connection: DuckDBConnection, query: string): Promise<number[][]> {
  const reader = await connection.runAndReadAll(query);
  return reader.getRows().map((row) => row.map(Number));
}

const seconds = (ns: number) => rounded(ns / 1e9);
const ms = (ns: number) => rounded(ns / 1e6);

/** Four digits are more than a pixel shows, and a third of the file. */
function rounded(value: number): number {
  return Number(value.toPrecision(value < 1 ? 3 : 4));
}
