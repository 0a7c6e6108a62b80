/** What doctor and clean need to know of guest images: is there one, what would it cost, what is stale. */
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../process-identity.ts';
import { readLock, type LockOwner } from '../image/build-lock.ts';
import { cacheDir, cachePaths, readCached, type RootFilesystem } from '../image/cache.ts';
import { recipeKey, rootfsRecipe } from '../image/recipe.ts';
import type { BuildCost, RemovedFile } from '../image/status.ts';
import { namesIn } from '../shared-directory.ts';
import { isAbandonedPartial } from './builder.ts';
import { allocatedBytes } from './disk-image.ts';
import { findDockerDisk, type DockerDisk } from './docker-disk.ts';
import { describe, type GuestImage } from './guest-image.ts';
import { readSources } from './initramfs.ts';
import { guestKey, guestPaths, readSidecar } from './layout.ts';
import { removeAbandonedTrees } from './tree.ts';

export type GuestImageStatus =
  | { readonly kind: 'present'; readonly image: GuestImage; readonly dockerDisk: DockerDisk | null }
  /** `cost` is that of the guest image alone; the root filesystem's is added where it is missing too. */
  | { readonly kind: 'missing'; readonly cost: BuildCost; readonly rootfsMissing: boolean }
  | { readonly kind: 'building'; readonly key: string; readonly owner: LockOwner }
  /** A build died; the next one takes the lock over by itself and goes on with what is complete. */
  | { readonly kind: 'stale-lock'; readonly key: string; readonly lock: string; readonly cost: BuildCost };

/** Orders of magnitude, as measured on a machine with two cores. */
export const guestImageCost: BuildCost = { seconds: 15, downloadBytes: 0, diskBytes: 1.3e9 };
export const dockerDiskCost: BuildCost = { seconds: 25, downloadBytes: 0, diskBytes: 1.4e9 };

export async function guestImageStatus(dir: string = cacheDir()): Promise<GuestImageStatus> {
  const current = await currentImage(dir);
  if (current === null) return { kind: 'missing', cost: guestImageCost, rootfsMissing: true };
  const { key, rootfs } = current;
  const paths = guestPaths(dir, key);
  const sidecar = await readSidecar(paths, key);
  if (sidecar !== null)
    return {
      kind: 'present',
      image: describe(paths, rootfs, sidecar),
      dockerDisk: await findDockerDisk(paths.dir),
    };
  const lockExists = await stat(paths.lock).catch(() => null);
  if (lockExists === null) return { kind: 'missing', cost: guestImageCost, rootfsMissing: false };
  const owner = await readLock(paths.lock);
  if (owner !== null && isRunning(owner.process)) return { kind: 'building', key, owner };
  return { kind: 'stale-lock', key, lock: paths.lock, cost: guestImageCost };
}

/** Which image this version of the project would use; null while there is no root filesystem to tell it by. */
async function currentImage(dir: string): Promise<{ key: string; rootfs: RootFilesystem } | null> {
  const rootfsKey = recipeKey(rootfsRecipe);
  const rootfs = await readCached(cachePaths(dir, rootfsKey), rootfsKey);
  return rootfs === null ? null : { key: guestKey(rootfs, await readSources()), rootfs };
}

/**
 * Removes guest images other than the current one (all of them while there is no root filesystem: another build of it
 * gives another image), and what dead builders left. Everything of a live builder stays.
 */
export async function removeStaleGuestImages(
  dir: string = cacheDir(),
  temporaryDir: string = tmpdir(),
): Promise<readonly RemovedFile[]> {
  const current = (await currentImage(dir))?.key ?? null;
  const removed: RemovedFile[] = [];
  for (const path of await staleEntries(dir, current)) {
    const sizeBytes = await treeBytes(path);
    await rm(path, { recursive: true, force: true });
    removed.push({ path, sizeBytes });
  }
  for (const path of await removeAbandonedTrees(temporaryDir)) removed.push({ path, sizeBytes: 0 });
  return removed;
}

async function staleEntries(dir: string, current: string | null): Promise<string[]> {
  const names = (await namesIn(dir)).filter((name) => /^guest-[0-9a-f]{12}(?:$|\.)/.test(name));
  const locks = names.filter((name) => name.endsWith('.lock'));
  const held = new Set<string>();
  for (const lock of locks) {
    const owner = await readLock(join(dir, lock));
    if (owner !== null && isRunning(owner.process)) held.add(lock);
  }
  const isHeld = (image: string) => [...held].some((lock) => lock.startsWith(`${image}.`));
  const stale = names.filter((name) =>
    name.endsWith('.lock') ? !held.has(name) : name !== `guest-${current ?? ''}` && !isHeld(name),
  );
  const partials = current === null ? [] : await namesIn(join(dir, `guest-${current}`));
  const abandoned = partials.filter(isAbandonedPartial).map((name) => join(`guest-${current ?? ''}`, name));
  return [...stale, ...abandoned].map((name) => join(dir, name));
}

/** What a file, or the files of a directory, take of the disk. */
async function treeBytes(path: string): Promise<number> {
  const names = await readdir(path).catch(() => null);
  if (names === null) return allocatedBytes(path);
  return names.reduce((sum, name) => sum + allocatedBytes(join(path, name)), 0);
}
