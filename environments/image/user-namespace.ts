/**
 * Root's rights without root: a user namespace in which the ordinary user is root and has further ids of its own
 * (subuid(5)), so that files of an image can belong to whom they must.
 */
import { rm } from 'node:fs/promises';
import { execa } from 'execa';

/** Makes the command that follows root of a new user namespace. */
export const enterUserNamespace = ['unshare', '--user', '--map-root-user', '--map-auto'] as const;

/** Why this user gets no such namespace here, in the words of the program that was refused; null = it does. */
export async function refusalOfUserNamespace(): Promise<string | null> {
  const [program, ...args] = enterUserNamespace;
  const tried = await execa(program, [...args, 'true'], { reject: false, timeout: 10_000 });
  if (!tried.failed) return null;
  // A program that could not even be started has said nothing.
  return [tried.stderr, tried.shortMessage].find(Boolean) ?? 'unshare does not run';
}

/** Removes a directory with all in it, also what belongs to subordinate ids of this user. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 10 });
  } catch (error) {
    if (process.getuid?.() === 0) throw error;
    const [program, ...args] = enterUserNamespace;
    const removed = await execa(program, [...args, 'rm', '-rf', '--', path], { reject: false });
    if (removed.failed) throw error;
  }
}
