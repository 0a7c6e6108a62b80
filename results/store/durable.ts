/** Files that are whole or absent, whatever instant the machine stops at. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { storageError } from './storage-error.ts';

/** What a file is called until it is complete. A leftover of this name is worth nothing. */
export const partialSuffix = '.partial';

/** Forces a file's bytes, or a directory's entries, to the medium. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives the complete file at `<path>.partial` its name, for good. */
export async function publish(path: string): Promise<void> {
  await syncPath(path + partialSuffix);
  await rename(path + partialSuffix, path);
  await syncPath(dirname(path));
}

/**
 * Writes a whole file: afterwards it holds `content`, or, on any failure or kill, what it held before.
 *
 * @throws StrataError E360, E361 or E362
 */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const partial = path + partialSuffix;
  try {
    const handle = await open(partial, 'w');
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
    await publish(path);
  } catch (error) {
    await rm(partial, { force: true });
    throw storageError(error, 'write the file', path);
  }
}
