/** CSV as RFC 4180 has it, streamed, and whole or absent on disk. */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import { partialSuffix, publish } from '../store/durable.ts';
import { storageError } from '../store/storage-error.ts';

/** null is an empty field; an empty text is a quoted one, so that the two stay apart. */
export type CsvValue = string | number | bigint | null;
export type CsvRow = readonly CsvValue[];

/** @throws StrataError E360–E362; then nothing is left at `path` */
export async function writeCsv(
  path: string,
  header: readonly string[],
  rows: Iterable<CsvRow> | AsyncIterable<CsvRow>,
  signal?: AbortSignal,
): Promise<void> {
  const columns = header.map((name) => ({ key: name, header: name }));
  const formatter = stringify({ header: true, columns, record_delimiter: 'windows', quoted_match: /^$/ });
  const target = path + partialSuffix;
  try {
    await pipeline(Readable.from(rows), formatter, createWriteStream(target), signal ? { signal } : {});
    await publish(path);
  } catch (error) {
    await rm(target, { force: true });
    signal?.throwIfAborted();
    throw storageError(error, 'write the table', path);
  }
}
