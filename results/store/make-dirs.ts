/**
 * Makes a directory and those above it. Instead of Node's `mkdir` with `recursive`, which on Node 20 calls a read-only
 * file system "no such file" and never comes back below `/proc`.
 */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** @returns the topmost directory that was made; undefined when all were there. Throws what the system says. */
export async function makeDirs(path: string): Promise<string | undefined> {
  const error = await mkdir(path).then(
    () => undefined,
    (thrown: unknown) => thrown as NodeJS.ErrnoException,
  );
  if (error === undefined) return path;
  if (error.code === 'EEXIST' && (await stat(path)).isDirectory()) return undefined;
  const parent = dirname(path);
  if (error.code !== 'ENOENT' || parent === path) throw error;
  const topmost = await makeDirs(parent);
  await mkdir(path);
  return topmost ?? path;
}
