/**
 * What of paper onset only the samples tell: which requests waited for the first election, and figures without them.
 * Read with DuckDB from the stored trials; a file that cannot be read leaves its trial without these figures.
 */
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { openDatabase, sqlText } from '../../results/store/duckdb.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import type { Box } from '../report/chart.ts';

export interface OnsetDetails {
  readonly byTrial: ReadonlyMap<string, TrialDetail>;
  /** Of figure 6: latencies of all trials of a cell together, those of the election left out. */
  readonly boxes: ReadonlyMap<string, Omit<Box, 'x'>>;
  /** Of figure 7: of one trial each, milliseconds since the start and of latency. */
  readonly scatters: ReadonlyMap<string, readonly (readonly [number, number])[]>;
}

export interface TrialDetail {
  /** Requests sent before and answered after the first leader was elected. */
  readonly outliers: number;
  /** Of requests sent after the election; null when there were none. */
  readonly throughputPerS: number | null;
  readonly meanMs: number | null;
}

export const noDetails: OnsetDetails = { byTrial: new Map(), boxes: new Map(), scatters: new Map() };

/** What is asked for: all trials for their figures, few for their points. */
export interface DetailsWanted {
  readonly runDir: string;
  readonly trials: readonly TrialRecord[];
  /** By cell key. */
  readonly boxes: ReadonlySet<string>;
  /** By trial id. */
  readonly scatters: ReadonlySet<string>;
}

export async function readOnsetDetails({
  runDir,
  trials,
  boxes,
  scatters,
}: DetailsWanted): Promise<OnsetDetails> {
  const sources = trials.flatMap((trial) => sourceOf(runDir, trial));
  const [first] = sources;
  if (first === undefined) return noDetails;
  await using database = await openDatabase(first.path);
  const connection = await database.connect();
  try {
    const readable = await withDetails(connection, sources);
    return {
      byTrial: new Map(readable.map(({ trial, detail }) => [trial.trialId, detail])),
      boxes: await boxesOf(connection, readable, boxes),
      scatters: await scattersOf(
        connection,
        readable.filter(({ trial }) => scatters.has(trial.trialId)),
      ),
    };
  } finally {
    connection.closeSync();
  }
}

interface Source {
  readonly trial: TrialRecord;
  readonly path: string;
  readonly electionNs: number;
}

type Readable = Source & { readonly detail: TrialDetail };

/** A trial without an election or samples tells nothing here. */
function sourceOf(runDir: string, trial: TrialRecord): Source[] {
  const election = trial.annotations.find(({ kind }) => kind === 'election');
  if (election === undefined || trial.samplesFile === null) return [];
  return [{ trial, path: join(runDir, trial.samplesFile), electionNs: election.atNs }];
}

async function withDetails(connection: DuckDBConnection, sources: readonly Source[]): Promise<Readable[]> {
  const found: Readable[] = [];
  for (const source of sources) {
    const detail = await detailOf(connection, source).catch(() => null);
    if (detail !== null) found.push({ ...source, detail });
  }
  return found;
}

async function detailOf(connection: DuckDBConnection, source: Source): Promise<TrialDetail> {
  const at = source.electionNs;
  const [row = []] = await rowsOf(
    connection,
    `SELECT count(*) FILTER (send_ns < ${at} AND done_ns >= ${at}),
       count(*) FILTER (send_ns >= ${at}) / ((max(done_ns) - ${at}) / 1e9),
       avg(latency_ns) FILTER (send_ns >= ${at}) / 1e6
     FROM ${acknowledged(source.path)}`,
  );
  const [outliers, throughputPerS, meanMs] = row;
  return { outliers: Number(outliers), throughputPerS: positive(throughputPerS), meanMs: positive(meanMs) };
}

function positive(value: unknown): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isFinite(number) && number > 0 ? number : null;
}

function acknowledged(path: string): string {
  return `read_parquet(${sqlText(path)}) WHERE phase = 'measure' AND done_ns IS NOT NULL AND status BETWEEN 200 AND 299`;
}

async function boxesOf(
  connection: DuckDBConnection,
  readable: readonly Readable[],
  wanted: ReadonlySet<string>,
): Promise<OnsetDetails['boxes']> {
  const boxes = new Map<string, Omit<Box, 'x'>>();
  for (const key of wanted) {
    const parts = readable
      .filter(({ trial }) => trial.cellKey === key)
      .map(
        ({ path, electionNs }) => `SELECT latency_ns FROM ${acknowledged(path)} AND send_ns >= ${electionNs}`,
      );
    if (parts.length === 0) continue;
    const [row = []] = await rowsOf(
      connection,
      `SELECT min(latency_ns), quantile_cont(latency_ns, 0.25), median(latency_ns),
         quantile_cont(latency_ns, 0.75), max(latency_ns), avg(latency_ns)
       FROM (${parts.join(' UNION ALL ')})`,
    );
    const [min = NaN, q1 = NaN, median = NaN, q3 = NaN, max = NaN, mean = NaN] = row.map(
      (value) => Number(value ?? NaN) / 1e6,
    );
    if (Number.isFinite(mean)) boxes.set(key, { min, q1, median, q3, max, mean });
  }
  return boxes;
}

async function scattersOf(
  connection: DuckDBConnection,
  readable: readonly Readable[],
): Promise<OnsetDetails['scatters']> {
  const scatters = new Map<string, readonly (readonly [number, number])[]>();
  for (const { trial, path } of readable) {
    const rows = await rowsOf(
      connection,
      `SELECT send_ns / 1e6, latency_ns / 1e6 FROM ${acknowledged(path)} ORDER BY send_ns`,
    );
    scatters.set(
      trial.trialId,
      rows.map(([x, y]) => [Number(x), Number(y)] as const),
    );
  }
  return scatters;
}

async function rowsOf(connection: DuckDBConnection, query: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(query)).getRows();
}
