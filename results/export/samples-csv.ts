/** All samples of a run as one tidy table: a row a request, the trial's name in each. */
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { interruptible, openDatabase, sqlName, sqlText } from '../store/duckdb.ts';
import { writeCsv, type CsvRow, type CsvValue } from './csv.ts';

/**
 * Streams the files one after the other. Workloads may have columns of their own: the table has those of all files,
 * empty where a file lacks them.
 *
 * @throws StrataError E360–E362
 */
export async function exportSamplesCsv(
  csvPath: string,
  parquetPaths: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  await using database = await openDatabase(csvPath);
  const connection = await database.connect();
  try {
    const columnsByPath = new Map<string, ReadonlySet<string>>();
    for (const path of parquetPaths) columnsByPath.set(path, await columnsOf(connection, path));
    const header = [...new Set([...columnsByPath.values()].flatMap((columns) => [...columns]))];
    const rows = allRows(connection, columnsByPath, header);
    await interruptible(connection, signal, () => writeCsv(csvPath, header, rows, signal));
  } finally {
    connection.closeSync();
  }
}

async function columnsOf(connection: DuckDBConnection, path: string): Promise<ReadonlySet<string>> {
  const described = await connection.runAndReadAll(`DESCRIBE FROM read_parquet(${sqlText(path)})`);
  return new Set(described.getRows().map(([name]) => String(name)));
}

async function* allRows(
  connection: DuckDBConnection,
  columnsByPath: ReadonlyMap<string, ReadonlySet<string>>,
  header: readonly string[],
): AsyncGenerator<CsvRow> {
  for (const [path, columns] of columnsByPath) {
    const list = header.map((name) => (columns.has(name) ? sqlName(name) : 'NULL')).join(', ');
    const result = await connection.stream(`SELECT ${list} FROM read_parquet(${sqlText(path)})`);
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      for (const row of chunk.getRows()) yield row.map(csvValue);
  }
}

function csvValue(value: DuckDBValue): CsvValue {
  if (value === null || typeof value === 'number' || typeof value === 'bigint') return value;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
