/** Reads a finished spool chunk by chunk, refusing one whose recorder did not end properly. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import {
  chunkColumns,
  chunkHeaderBytes,
  chunkMark,
  endMark,
  rowBytes,
  spoolMagic,
  spoolVersion,
  type ColumnArray,
  type SpoolHeader,
} from './spool-layout.ts';

export interface SpoolBlock {
  readonly rows: number;
  /** In the order of the header's columns; all views of `buffer`. */
  readonly columns: readonly ColumnArray[];
  readonly buffer: ArrayBuffer;
}

export interface SpoolReader extends Disposable {
  readonly header: SpoolHeader;
  readonly rowCount: number;
  /** The next block, in memory that the next call overwrites; undefined at the end. Synchronous: see parquet.ts. */
  next(): SpoolBlock | undefined;
}

/** @throws StrataError E161 when the file is no spool, or not a complete one */
export function readSpool(path: string): SpoolReader {
  const fd = openSync(path, 'r');
  try {
    const { header, startBytes } = readHeader(fd, path);
    const rowCount = readEnd(fd, path);
    return {
      header,
      rowCount,
      next: blockReader(fd, path, header, startBytes),
      [Symbol.dispose]: () => closeSync(fd),
    };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function readHeader(fd: number, path: string): { header: SpoolHeader; startBytes: number } {
  const fixedBytes = spoolMagic.length + 4;
  const fixed = Buffer.alloc(fixedBytes);
  const isSpool = readAt(fd, fixed, 0) === fixedBytes && fixed.toString('latin1', 0, 8) === spoolMagic;
  if (!isSpool) throw badSpool(path, 'it does not begin like one');
  const json = Buffer.alloc(fixed.readUInt32LE(spoolMagic.length));
  readAt(fd, json, fixedBytes);
  try {
    const header = JSON.parse(json.toString()) as SpoolHeader;
    if (header.version !== spoolVersion) throw badSpool(path, `it is of version ${header.version}`);
    return { header, startBytes: fixedBytes + json.length };
  } catch (error) {
    if (error instanceof StrataError) throw error;
    throw badSpool(path, `its header cannot be read: ${asError(error).message}`);
  }
}

function readEnd(fd: number, path: string): number {
  const end = Buffer.alloc(chunkHeaderBytes);
  const got = readAt(fd, end, Math.max(0, fstatSync(fd).size - chunkHeaderBytes));
  if (got !== chunkHeaderBytes || end.readUInt32LE(0) !== endMark)
    throw badSpool(path, 'its recorder did not live to finish it');
  return end.readDoubleLE(8);
}

function blockReader(fd: number, path: string, header: SpoolHeader, startBytes: number) {
  const bytesPerRow = rowBytes(header.columns);
  const buffer = new ArrayBuffer(chunkHeaderBytes + header.chunkRows * bytesPerRow);
  const view = new DataView(buffer);
  let position = startBytes;

  return (): SpoolBlock | undefined => {
    const got = readAt(fd, new Uint8Array(buffer), position);
    const mark = got >= chunkHeaderBytes ? view.getUint32(0, true) : undefined;
    if (mark === endMark) return undefined;
    const rows = view.getUint32(4, true);
    const blockBytes = chunkHeaderBytes + rows * bytesPerRow;
    if (mark !== chunkMark || got < blockBytes) throw badSpool(path, `it is damaged at byte ${position}`);
    position += blockBytes;
    return { rows, columns: chunkColumns(header.columns, buffer, rows), buffer };
  };
}

function readAt(fd: number, into: Uint8Array, position: number): number {
  let done = 0;
  while (done < into.byteLength) {
    const got = readSync(fd, into, done, into.byteLength - done, position + done);
    if (got === 0) break;
    done += got;
  }
  return done;
}

function badSpool(path: string, what: string): StrataError {
  return new StrataError({
    code: 'STRATA-E161',
    message: `${path} is not a complete sample spool: ${what}`,
    fix: 'the samples of this trial are lost; run it again with --resume',
  });
}
