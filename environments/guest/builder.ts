/** Whose a file is that carries the pid of its builder in its name. */
import { rm } from 'node:fs/promises';
import { errnoOf } from '../errno.ts';

export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

/** Where a builder writes until the file is complete and takes its name. */
export function partialOf(path: string): string {
  return `${path}.${process.pid}.partial`;
}

/** After a failure, which is what counts: a partial file that cannot be removed is reaped when its builder is gone. */
export async function discardPartial(partial: string): Promise<void> {
  await rm(partial, { force: true }).catch(() => undefined);
}

/** Whether a name is that of a partial file whose builder is gone. */
export function isAbandonedPartial(name: string): boolean {
  const builder = /\.(\d+)\.partial$/.exec(name)?.[1];
  return builder !== undefined && !processExists(Number(builder));
}
