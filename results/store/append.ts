/** Appends records to a file, each forced to the medium before its promise resolves. */
import { open } from 'node:fs/promises';
import type { z } from 'zod';
import { StrataError } from '../../harness/foundation/errors.ts';
import { firstIssue } from './ndjson.ts';
import { storageError } from './storage-error.ts';

export interface Appender<T> extends AsyncDisposable {
  /**
   * Checks the record, appends one line, forces it to the medium. One that fails leaves the file as it was.
   *
   * @throws StrataError E163 for a record that is not what its schema says, E360–E362 when it cannot be written
   */
  append(record: T): Promise<void>;
}

/** @param wholeBytes where the next line starts; what stands behind it is cut off */
export async function openAppender<T>(
  path: string,
  schema: z.ZodType,
  wholeBytes: number,
): Promise<Appender<T>> {
  const file = await open(path, 'r+');
  await file.truncate(wholeBytes);
  await file.sync();
  let endBytes = wholeBytes;
  let last: Promise<void> = Promise.resolve();

  async function write(line: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < line.byteLength;) {
        const { bytesWritten } = await file.write(line, done, line.byteLength - done, endBytes + done);
        done += bytesWritten;
      }
      await file.datasync();
      endBytes += line.byteLength;
    } catch (error) {
      await file.truncate(endBytes).catch((again: unknown) => {
        throw storageError(new AggregateError([error, again]), 'store a record, or undo it,', path);
      });
      throw storageError(error, 'store a record', path);
    }
  }

  return {
    async append(record) {
      const line = encodeLine(record, schema, path);
      const written = last.then(() => write(line));
      last = written.catch(() => undefined);
      await written;
    },
    async [Symbol.asyncDispose]() {
      await last;
      await file.close();
    },
  };
}

function encodeLine(record: unknown, schema: z.ZodType, path: string): Uint8Array {
  const text = JSON.stringify(record);
  const parsed = schema.safeParse(JSON.parse(text));
  if (parsed.success) return Buffer.from(`${text}\n`);
  throw new StrataError({
    code: 'STRATA-E163',
    message: `a record for ${path} is not what its schema says: ${firstIssue(parsed.error)}`,
    fix: 'this is a fault of strata: please report it with the command line you used',
    cause: parsed.error,
  });
}
