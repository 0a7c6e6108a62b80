/** Directories that the harnesses of all users of a machine share, below the temporary directory. */
import { chmod, mkdir, readdir, unlink } from 'node:fs/promises';
import { errnoOf } from './errno.ts';

/** Sticky and writable for all, as the temporary directory itself is. */
export async function makeSharedDirectory(directory: string): Promise<void> {
  if ((await mkdir(directory, { recursive: true })) !== undefined) await chmod(directory, 0o1777);
}

/** Removes a file; false when it belongs to another user, whose it stays in such a directory. One that is gone is no error. */
export async function removeOwn(file: string): Promise<boolean> {
  try {
    // `rm` takes what it may not remove for a directory, and says that instead.
    await unlink(file);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return true;
    if (errnoOf(error) !== 'EPERM' && errnoOf(error) !== 'EACCES') throw error;
    return false;
  }
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
