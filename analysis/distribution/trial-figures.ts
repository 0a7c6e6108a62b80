/**
 * The distribution of latencies in each of many trials, by one query over as many files as memory is bounded for.
 * DuckDB keeps every value of an exact quantile: so files come in batches, and a file that is too large for one has its
 * quantiles counted instead.
 */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { sqlText } from '../../results/store/duckdb.ts';
import { exactQuantiles } from '../trial-metrics-quantiles.ts';
import { probabilities } from './quantile-grid.ts';

export interface SampleFile {
  readonly trialId: string;
  readonly path: string;
  readonly sampleCount: number;
}

export interface TrialFigures {
  readonly trialId: string;
  readonly count: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly meanMs: number;
  /** One for each of {@link probabilities}. */
  readonly quantilesMs: readonly number[];
}

/** 8 bytes a value, twice while lists grow: far below the database's own limit. */
const mostInBatch = 4_000_000;

export const answered =
  "phase = 'measure' AND done_ns IS NOT NULL AND status BETWEEN 200 AND 299 AND latency_ns IS NOT NULL";

export function batches(
  files: readonly SampleFile[],
  most = mostInBatch,
): readonly (readonly SampleFile[])[] {
  const made: SampleFile[][] = [];
  let room = 0;
  for (const file of files) {
    const last = made.at(-1);
    if (last === undefined || file.sampleCount > room) {
      made.push([file]);
      room = most - file.sampleCount;
    } else {
      last.push(file);
      room -= file.sampleCount;
    }
  }
  return made;
}

/** Trials without an answered request have no figures. @throws what DuckDB throws when a file cannot be read */
export async function figuresOf(
  connection: DuckDBConnection,
  batch: readonly SampleFile[],
): Promise<readonly TrialFigures[]> {
  const [first] = batch;
  if (first !== undefined && first.sampleCount > mostInBatch) return await figuresOfLarge(connection, first);
  const byPath = new Map<unknown, string>(batch.map(({ path, trialId }) => [path, trialId]));
  const list = batch.map(({ path }) => sqlText(path)).join(', ');
  const reader = await connection.runAndReadAll(
    `SELECT filename, count(*), min(latency_ns), max(latency_ns), avg(latency_ns),
       quantile_cont(latency_ns, [${probabilities.join(', ')}])
     FROM read_parquet([${list}], filename = true) WHERE ${answered} GROUP BY filename`,
  );
  return reader.getRowsJS().map(([path, count, min, max, mean, quantiles]) => ({
    trialId: byPath.get(path) ?? '',
    count: Number(count),
    ...{ minMs: Number(min) / 1e6, maxMs: Number(max) / 1e6, meanMs: Number(mean) / 1e6 },
    quantilesMs: (quantiles as number[]).map((value) => value / 1e6),
  }));
}

async function figuresOfLarge(
  connection: DuckDBConnection,
  file: SampleFile,
): Promise<readonly TrialFigures[]> {
  const from = `read_parquet(${sqlText(file.path)}) WHERE ${answered}`;
  const totals = await connection.runAndReadAll(
    `SELECT count(*), min(latency_ns), max(latency_ns), avg(latency_ns) FROM ${from}`,
  );
  const [count = 0, min = 0, max = 0, mean = 0] = (totals.getRows()[0] ?? []).map((value: DuckDBValue) =>
    Number(value),
  );
  if (count === 0) return [];
  const quantiles = await exactQuantiles(connection, from, 'latency_ns', probabilities);
  return [
    {
      trialId: file.trialId,
      count,
      ...{ minMs: min / 1e6, maxMs: max / 1e6, meanMs: mean / 1e6 },
      quantilesMs: quantiles.map((value) => value / 1e6),
    },
  ];
}
