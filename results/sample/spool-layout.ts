/**
 * How a spool file is laid out: a JSON header that names the columns, chunks of column blocks, and an end mark.
 * Non-goal: keeping spools. A spool lives as long as its trial and is turned into Parquet by the same machine.
 *
 * ```
 * magic "STRSPOOL" | u32 header length | header JSON                      (padded to a multiple of 8)
 * u32 chunk mark   | u32 rows | u64 0  | column blocks, widest first       (once per chunk)
 * u32 end mark     | u32 0    | f64 rows in all
 * ```
 * A NaN (in a column of doubles) and a -1 (replica) stand for NULL.
 */
import type { SampleColumn } from './sample.ts';

export const spoolMagic = 'STRSPOOL';
export const chunkMark = 0x4b4e4843;
export const endMark = 0x444e4521;
export const chunkHeaderBytes = 16;
export const spoolVersion = 1;

const widths = { f64: 8, u32: 4, i32: 4, u16: 2, u8: 1 } as const;
export type SpoolType = keyof typeof widths;

export interface SpoolColumn {
  readonly name: string;
  readonly type: SpoolType;
  /** Of a workload's own column: how it is stored in Parquet. */
  readonly extra?: SampleColumn['type'];
}

export interface SpoolHeader {
  readonly version: number;
  readonly chunkRows: number;
  readonly columns: readonly SpoolColumn[];
}

/** One for each field of a sample, from the widest to the narrowest so that every block is aligned. */
export const baseSpoolColumns = [
  { name: 'intended_ns', type: 'f64' },
  { name: 'send_ns', type: 'f64' },
  { name: 'done_ns', type: 'f64' },
  { name: 'client', type: 'u32' },
  { name: 'sequence', type: 'u32' },
  { name: 'replica', type: 'i32' },
  { name: 'bytes', type: 'u32' },
  { name: 'attempts', type: 'u32' },
  { name: 'status', type: 'u16' },
  { name: 'operation', type: 'u8' },
  { name: 'phase', type: 'u8' },
] as const satisfies readonly SpoolColumn[];

export function spoolHeader(extraColumns: readonly SampleColumn[], chunkRows: number): SpoolHeader {
  const extra = extraColumns.map(({ name, type }) => ({ name, type: 'f64' as const, extra: type }));
  return { version: spoolVersion, chunkRows, columns: [...extra, ...baseSpoolColumns] };
}

export function encodeHeader(header: SpoolHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const fixedBytes = spoolMagic.length + 4;
  const encoded = Buffer.alloc(Math.ceil((fixedBytes + json.length) / 8) * 8, ' ');
  encoded.write(spoolMagic, 0, 'latin1');
  encoded.writeUInt32LE(encoded.length - fixedBytes, spoolMagic.length);
  json.copy(encoded, fixedBytes);
  return encoded;
}

export function encodeEnd(rowCount: number): Buffer {
  const encoded = Buffer.alloc(chunkHeaderBytes);
  encoded.writeUInt32LE(endMark, 0);
  encoded.writeDoubleLE(rowCount, 8);
  return encoded;
}

export function rowBytes(columns: readonly SpoolColumn[]): number {
  return columns.reduce((sum, { type }) => sum + widths[type], 0);
}

export type ColumnArray = Float64Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;

/** Views of the column blocks in `buffer`, which holds one chunk of `rows` rows after its 16-byte header. */
export function chunkColumns(
  columns: readonly SpoolColumn[],
  buffer: ArrayBuffer,
  rows: number,
): ColumnArray[] {
  let offset = chunkHeaderBytes;
  return columns.map(({ type }) => {
    const view = columnView(type, buffer, offset, rows);
    offset += view.byteLength;
    return view;
  });
}

function columnView(type: SpoolType, buffer: ArrayBuffer, offset: number, rows: number): ColumnArray {
  switch (type) {
    case 'f64':
      return new Float64Array(buffer, offset, rows);
    case 'u32':
      return new Uint32Array(buffer, offset, rows);
    case 'i32':
      return new Int32Array(buffer, offset, rows);
    case 'u16':
      return new Uint16Array(buffer, offset, rows);
    case 'u8':
      return new Uint8Array(buffer, offset, rows);
  }
}
