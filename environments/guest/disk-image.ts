/** A raw disk with an ext4 filesystem made from a directory: sparse, with a journal, never mounted on the host. */
import { statSync } from 'node:fs';
import { open, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { discardPartial, partialOf } from './builder.ts';
import { stepError, type FailedStep } from './errors.ts';
import { runAsRoot } from './host-command.ts';
import { gigabytes, type Steps } from './steps.ts';

export interface DiskContent {
  /** What the root of the disk holds. */
  readonly directory: string;
  readonly path: string;
  /** What the guest sees; only what is used takes room. */
  readonly virtualBytes: number;
  readonly label: string;
}

/**
 * On a file that reads as zeros throughout, mkfs marks its tables as zeroed without writing them, and the journal needs
 * no zeroing: nothing is left for the guest's kernel to do on first use, which it would do in every guest. No blocks are
 * kept for root, because everybody in a guest is.
 */
export const mkfsOptions = ['-m', '0', '-J', 'size=64', '-E', 'lazy_journal_init=1'];

/** Throws E330, E332, E335. */
export async function makeDisk(content: DiskContent, steps: Steps): Promise<void> {
  const { directory, path, virtualBytes, label } = content;
  const partial = partialOf(path);
  const failed: FailedStep = {
    step: `write the disk ${path}`,
    where: dirname(path),
    variable: 'XDG_CACHE_HOME',
    code: 'STRATA-E335',
    fix: 'see the cause; the filesystem of the guest needs e2fsprogs 1.43 or later: mkfs.ext4 -V',
  };
  const size = () => `${gigabytes(allocatedBytes(partial))} GB written`;
  try {
    await makeHole(partial, virtualBytes, failed);
    await steps.run('writing the disk', size, (signal) =>
      runAsRoot({
        program: 'mkfs.ext4',
        args: [
          ...['-q', '-F', '-L', label, '-U', randomUUID(), ...mkfsOptions],
          ...['-d', directory, partial],
        ],
        signal,
        failed,
      }),
    );
    await rename(partial, path);
  } catch (error) {
    await discardPartial(partial);
    throw error;
  }
}

async function makeHole(path: string, bytes: number, failed: FailedStep): Promise<void> {
  try {
    await rm(path, { force: true });
    await writeFile(path, '');
    await truncate(path, bytes);
  } catch (cause) {
    throw stepError(failed, '', cause);
  }
}

/** What a sparse file takes of its disk; 0 when there is none. */
export function allocatedBytes(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.blocks ?? 0) * 512;
}

const superblockOffset = 1024;

/** The UUID in the superblock of an ext4 disk; null when there is no such filesystem. */
export async function filesystemUuid(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const superblock = Buffer.alloc(1024);
    const { bytesRead } = await file.read(superblock, 0, superblock.length, superblockOffset);
    if (bytesRead < superblock.length || superblock.readUInt16LE(0x38) !== 0xef53) return null;
    const hex = superblock.toString('hex', 0x68, 0x78);
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  } finally {
    await file.close();
  }
}
