/**
 * Records samples while a trial runs, at the cost of a few stores into typed arrays each; full chunks go to the
 * file while the next one fills. Bundled into the load generator, so it imports nothing heavy. Non-goals: durability
 * against power cuts (the trial in flight may be lost) and any format that others read (see parquet.ts).
 */
import { writeSync } from 'node:fs';
import { open, rm, type FileHandle } from 'node:fs/promises';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import { storageError } from '../store/storage-error.ts';
import type { Sample, SampleColumn, SampleRecorder } from './sample.ts';
import { allocateChunk, compactChunk, storeSample, type SpoolChunk } from './spool-chunk.ts';
import { encodeEnd, encodeHeader, spoolHeader, type SpoolColumn } from './spool-layout.ts';

export interface SpoolOptions {
  /** Rows of a chunk; 32 768 unless told, about 1.6 MB. */
  readonly chunkRows?: number;
  /** Chunks in memory at most; 8 unless told. */
  readonly maxChunks?: number;
}

export interface Spool extends SampleRecorder {
  /** Times the disk was so far behind that `record` had to write a chunk itself and so held up the driver. */
  readonly blockingWrites: number;
}

/**
 * Makes the file at `path`, which must not exist yet. A write that fails later (full disk) is kept and thrown by
 * `close`, or by disposal when nobody closed: a spool that closes without an error holds every sample recorded.
 *
 * @throws StrataError E360 not permitted, E361 no space, E362 other failure of the file system
 */
export async function openSpool(
  path: string,
  extraColumns: readonly SampleColumn[],
  options: SpoolOptions = {},
): Promise<Spool> {
  const header = spoolHeader(extraColumns, options.chunkRows ?? 32_768);
  const encoded = encodeHeader(header);
  const file = await createFile(path, encoded);
  const backlog = chunkBacklog(file, encoded.length, options.maxChunks ?? 8, () =>
    allocateChunk(header.columns, header.chunkRows),
  );
  return recorder(path, header.columns, header.chunkRows, backlog);
}

async function createFile(path: string, start: Uint8Array): Promise<FileHandle> {
  try {
    const file = await open(path, 'wx');
    try {
      await writeFully(file, start, 0);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    return file;
  } catch (error) {
    throw storageError(error, 'make the sample spool', path);
  }
}

function recorder(
  path: string,
  columns: readonly SpoolColumn[],
  chunkRows: number,
  backlog: ChunkBacklog,
): Spool {
  let chunk = backlog.firstChunk;
  let capacity = chunkRows;
  let row = 0;
  let rowsHandedOver = 0;
  let closing: Promise<void> | undefined;

  function rotate(): void {
    if (closing !== undefined) throw recordedAfterClose(path);
    rowsHandedOver += row;
    chunk = backlog.handOver(chunk);
    row = 0;
  }

  function close(): Promise<void> {
    closing ??= backlog
      .end(compactChunk(chunk, columns, row), rowsHandedOver + row)
      .catch((error: unknown) => {
        throw storageError(error, 'write the samples', path);
      });
    capacity = 0;
    return closing;
  }

  return {
    record(sample: Sample): void {
      if (row >= capacity) rotate();
      storeSample(chunk, row, sample);
      row += 1;
    },
    close,
    get blockingWrites() {
      return backlog.blockingWrites();
    },
    // Whoever called close has its error already; disposal speaks only when nobody did.
    [Symbol.asyncDispose]: () => (closing === undefined ? close() : closing.catch(() => undefined)),
  };
}

function recordedAfterClose(path: string): StrataError {
  return new StrataError({
    code: 'STRATA-E160',
    message: `a sample was recorded after its spool ${path} was closed`,
    fix: 'this is a fault of strata: please report it with the command line you used',
  });
}

interface ChunkBacklog {
  readonly firstChunk: SpoolChunk;
  /** Takes a full chunk and gives one to fill. */
  readonly handOver: (filled: SpoolChunk) => SpoolChunk;
  /** Waits for all writes, adds the last rows and the end mark; throws the first failure there was. */
  readonly end: (lastChunk: Uint8Array, rowCount: number) => Promise<void>;
  readonly blockingWrites: () => number;
}

/** Chunks on their way to the file, each written at its own place, in whatever order the writes end. */
function chunkBacklog(
  file: FileHandle,
  startBytes: number,
  maxChunks: number,
  newChunk: () => SpoolChunk,
): ChunkBacklog {
  const free = [newChunk()];
  const writing = new Set<Promise<void>>();
  let position = startBytes;
  let failure: Error | undefined;
  let blockingWrites = 0;

  function startWrite(filled: SpoolChunk, at: number): void {
    const write = writeFully(file, filled.bytes, at)
      .catch((error: unknown) => void (failure ??= asError(error)))
      .then(() => {
        free.push(filled);
        writing.delete(write);
      });
    writing.add(write);
  }

  function writeNow(filled: SpoolChunk, at: number): void {
    blockingWrites += 1;
    try {
      writeFullySync(file.fd, filled.bytes, at);
    } catch (error) {
      failure ??= asError(error);
    }
  }

  return {
    firstChunk: newChunk(),
    handOver(filled) {
      const at = position;
      position += filled.bytes.byteLength;
      // After a failure the file is worthless: `end` will say so, and nothing is gained by filling the disk.
      if (failure !== undefined) return filled;
      if (writing.size >= maxChunks - 1) {
        writeNow(filled, at);
        return filled;
      }
      startWrite(filled, at);
      return free.pop() ?? newChunk();
    },
    async end(lastChunk, rowCount) {
      await Promise.all(writing);
      try {
        if (failure !== undefined) throw failure;
        await writeFully(file, Buffer.concat([lastChunk, encodeEnd(rowCount)]), position);
      } finally {
        await file.close();
      }
    },
    blockingWrites: () => blockingWrites,
  };
}

/** A write that meets the end of the disk writes a part first and fails only when asked to go on. */
async function writeFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, position + done);
    done += bytesWritten;
  }
}

function writeFullySync(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.byteLength;) {
    done += writeSync(fd, bytes, done, bytes.byteLength - done, position + done);
  }
}
