/** A block of rows in memory, one typed array a column, laid out as it will stand in the file. */
import type { Sample } from './sample.ts';
import {
  chunkColumns,
  chunkHeaderBytes,
  chunkMark,
  rowBytes,
  type ColumnArray,
  type SpoolColumn,
} from './spool-layout.ts';

export interface SpoolChunk {
  readonly bytes: Uint8Array;
  readonly columns: readonly ColumnArray[];
  readonly intendedNs: ColumnArray;
  readonly sendNs: ColumnArray;
  readonly doneNs: ColumnArray;
  readonly client: ColumnArray;
  readonly sequence: ColumnArray;
  readonly replica: ColumnArray;
  readonly bytesReceived: ColumnArray;
  readonly attempts: ColumnArray;
  readonly status: ColumnArray;
  readonly operation: ColumnArray;
  readonly phase: ColumnArray;
  readonly extra: readonly ColumnArray[];
}

/** All memory of a chunk is touched here, so that no page fault falls into the measurement. */
export function allocateChunk(columns: readonly SpoolColumn[], capacity: number): SpoolChunk {
  const buffer = new ArrayBuffer(chunkHeaderBytes + capacity * rowBytes(columns));
  const bytes = new Uint8Array(buffer).fill(1);
  writeChunkHeader(buffer, capacity);
  const arrays = chunkColumns(columns, buffer, capacity);
  const named = (name: string): ColumnArray => {
    const array = arrays[columns.findIndex((column) => column.name === name && column.extra === undefined)];
    if (array === undefined) throw new Error(`the spool has no column ${name}`);
    return array;
  };
  return {
    bytes,
    columns: arrays,
    intendedNs: named('intended_ns'),
    sendNs: named('send_ns'),
    doneNs: named('done_ns'),
    client: named('client'),
    sequence: named('sequence'),
    replica: named('replica'),
    bytesReceived: named('bytes'),
    attempts: named('attempts'),
    status: named('status'),
    operation: named('operation'),
    phase: named('phase'),
    extra: arrays.filter((_array, index) => columns[index]?.extra !== undefined),
  };
}

/** The hot path: plain stores, no allocation, no check. */
export function storeSample(chunk: SpoolChunk, row: number, sample: Sample): void {
  chunk.intendedNs[row] = sample.intendedNs ?? NaN;
  chunk.sendNs[row] = sample.sendNs;
  chunk.doneNs[row] = sample.doneNs ?? NaN;
  chunk.client[row] = sample.client;
  chunk.sequence[row] = sample.sequence;
  chunk.replica[row] = sample.replica ?? -1;
  chunk.bytesReceived[row] = sample.bytes;
  chunk.attempts[row] = sample.attempts;
  chunk.status[row] = sample.status;
  chunk.operation[row] = sample.operation;
  chunk.phase[row] = sample.phase;
  const { extra } = chunk;
  for (let index = 0; index < extra.length; index += 1) {
    const column = extra[index];
    if (column !== undefined) column[row] = sample.extra[index] ?? NaN;
  }
}

/** The bytes of the first `rows` rows, as a chunk of its own. */
export function compactChunk(chunk: SpoolChunk, columns: readonly SpoolColumn[], rows: number): Uint8Array {
  const buffer = new ArrayBuffer(chunkHeaderBytes + rows * rowBytes(columns));
  writeChunkHeader(buffer, rows);
  chunkColumns(columns, buffer, rows).forEach((target, index) => {
    const source = chunk.columns[index];
    if (source !== undefined) target.set(source.subarray(0, rows));
  });
  return new Uint8Array(buffer);
}

function writeChunkHeader(buffer: ArrayBuffer, rows: number): void {
  const view = new DataView(buffer);
  view.setUint32(0, chunkMark, true);
  view.setUint32(4, rows, true);
}
