/** Reads the samples of one trial back from Parquet, sorted, any number of times, with bounded memory. */
import type { DuckDBConnection } from '@duckdb/node-api';
import { StrataError } from '../../harness/foundation/errors.ts';
import { interruptible, openDatabase, sqlName, sqlText, type Database } from '../store/duckdb.ts';
import { operationsKey } from './parquet.ts';
import { samplePhases, type SampleBatch, type SampleSource } from './sample.ts';

/**
 * Numbers come as they were recorded: `operation` and `phase` as indices, everything else as stored. The operations
 * are those the file itself names.
 *
 * @throws StrataError E264 when the file is missing, truncated or not one of strata's
 */
export async function openSamples(parquetPath: string): Promise<SampleSource & AsyncDisposable> {
  const database = await openDatabase(parquetPath);
  try {
    const { rowCount, operations } = await describe(database, parquetPath);
    return {
      rowCount,
      scan: (columns, orderBy, signal) =>
        scan(database, sortedQuery(parquetPath, operations, columns, orderBy), signal),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  } catch (error) {
    await database[Symbol.asyncDispose]();
    throw new StrataError({
      code: 'STRATA-E264',
      message: `the samples in ${parquetPath} cannot be read`,
      fix: 'the file is missing, damaged or not from strata: take it from a backup, or run the trial again',
      cause: error,
    });
  }
}

async function describe(database: Database, parquetPath: string) {
  const connection = await database.connect();
  try {
    const file = sqlText(parquetPath);
    const [[rowCount] = []] = await rows(connection, `SELECT num_rows FROM parquet_file_metadata(${file})`);
    const [[operations] = []] = await rows(
      connection,
      `SELECT decode(value) FROM parquet_kv_metadata(${file}) WHERE decode(key) = ${sqlText(operationsKey)}`,
    );
    if (typeof operations !== 'string') throw new Error(`it does not name its operations (${operationsKey})`);
    return { rowCount: Number(rowCount), operations: JSON.parse(operations) as string[] };
  } finally {
    connection.closeSync();
  }
}

async function rows(connection: DuckDBConnection, query: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(query)).getRows();
}

function sortedQuery(
  parquetPath: string,
  operations: readonly string[],
  columns: readonly string[],
  orderBy: string,
): string {
  const indexIn = (names: readonly string[], column: string) =>
    `list_position([${names.map(sqlText).join(', ')}], ${column}) - 1`;
  const asNumber = (column: string) => {
    if (column === 'operation') return indexIn(operations, column);
    return column === 'phase' ? indexIn(samplePhases, column) : sqlName(column);
  };
  const list = columns.map((column) => `(${asNumber(column)})::DOUBLE`).join(', ');
  return `SELECT ${list} FROM read_parquet(${sqlText(parquetPath)}) ORDER BY ${sqlName(orderBy)} ASC NULLS LAST`;
}

async function* scan(database: Database, query: string, signal: AbortSignal): AsyncGenerator<SampleBatch> {
  const connection = await database.connect();
  try {
    const result = await interruptible(connection, signal, () => connection.stream(query));
    for (;;) {
      const chunk = await interruptible(connection, signal, () => result.fetchChunk());
      if (chunk === null || chunk.rowCount === 0) return;
      yield { rowCount: chunk.rowCount, columns: chunk.getColumns() as (number | null)[][] };
    }
  } finally {
    connection.closeSync();
  }
}
