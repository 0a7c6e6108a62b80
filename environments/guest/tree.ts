/** The root filesystem unpacked for as long as an image is built from it, in a directory that tells whose it is. */
import { createReadStream } from 'node:fs';
import { chmod, lstat, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import type { RootFilesystem } from '../image/cache.ts';
import { removeTree } from '../image/user-namespace.ts';
import { namesIn } from '../shared-directory.ts';
import { endThenThrow } from '../teardown.ts';
import { processExists } from './builder.ts';
import { stepError, type FailedStep } from './errors.ts';
import { runAsRoot } from './host-command.ts';
import { gigabytes, type Steps } from './steps.ts';

export interface UnpackedTree extends AsyncDisposable {
  /** Absolute path of the root of the filesystem. It has no device files. */
  readonly root: string;
}

/** Directory of one build under the system's temporary directory; the pid tells whose it is. */
export const treePrefix = 'strata-guest-';

/** Throws E330 (full), E332 (unwritable), E333 (damaged archive). */
export async function unpackTree(rootfs: RootFilesystem, steps: Steps): Promise<UnpackedTree> {
  await removeAbandonedTrees();
  const failed: FailedStep = {
    step: 'unpack the root filesystem',
    where: tmpdir(),
    variable: 'TMPDIR',
    code: 'STRATA-E333',
    fix: `the archive may be damaged: remove ${rootfs.path} and run again`,
  };
  const root = await mkdtemp(join(tmpdir(), `${treePrefix}${process.pid}-`)).catch((cause: unknown) => {
    throw stepError(failed, '', cause);
  });
  const tree = { root, [Symbol.asyncDispose]: () => removeTree(root) };
  try {
    await chmod(root, 0o755);
    let bytes = 0;
    const size = () => `${gigabytes(bytes)} of ${gigabytes(rootfs.sizeBytes)} GB`;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        bytes += chunk.length;
        done(null, chunk);
      },
    });
    await steps.run('unpacking the root filesystem', size, async (signal) => {
      const input = createReadStream(rootfs.path, { highWaterMark: 1 << 20 });
      input.on('error', (error) => meter.destroy(error));
      // Devices cannot be made in a user namespace, and a guest's are the kernel's own.
      const args = ['-x', '-p', '--numeric-owner', '--xattrs', '--exclude=./dev/*', '-C', root, '-f', '-'];
      await runAsRoot({ program: 'tar', args, signal, failed, input: input.pipe(meter) });
    });
    return tree;
  } catch (error) {
    return await endThenThrow(error, () => tree[Symbol.asyncDispose]());
  }
}

/** Removes what this user's dead builders left; returns the paths. */
export async function removeAbandonedTrees(directory = tmpdir()): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const name of await namesIn(directory)) {
    const builder = new RegExp(`^${treePrefix}(\\d+)-`).exec(name)?.[1];
    if (builder === undefined || processExists(Number(builder))) continue;
    const path = join(directory, name);
    const found = await lstat(path).catch(() => null);
    if (found === null || !found.isDirectory() || found.uid !== process.getuid?.()) continue;
    await removeTree(path);
    removed.push(path);
  }
  return removed;
}
