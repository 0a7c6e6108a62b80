/** Directories that the harnesses of all users of a machine share, below the temporary directory. */
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { errnoOf } from './errno.ts';

/** Sticky and writable for all, as the temporary directory itself is. */
export async function makeSharedDirectory(directory: string): Promise<void> {
  if ((await mkdir(directory, { recursive: true })) !== undefined) await chmod(directory, 0o1777);
}

/** Names in a directory; none where there is no such directory. */
export async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
