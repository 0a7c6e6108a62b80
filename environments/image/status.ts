/** What doctor and clean need to know of the image cache: is it there, what would it cost, what is stale. */
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errnoOf } from '../errno.ts';
import { namesIn } from '../shared-directory.ts';
import { isRunning } from '../process-identity.ts';
import { readLock, type LockOwner } from './build-lock.ts';
import { cacheDir, cachePaths, readCached, type RootFilesystem } from './cache.ts';
import { workDirPrefix } from './mmdebstrap.ts';
import { removeTree } from './user-namespace.ts';
import { recipeKey, rootfsRecipe, type RootfsRecipe } from './recipe.ts';

export type ImageStatus =
  | { readonly kind: 'present'; readonly rootfs: RootFilesystem }
  | { readonly kind: 'missing'; readonly key: string; readonly cost: BuildCost }
  | { readonly kind: 'building'; readonly key: string; readonly owner: LockOwner }
  /** A build died; the next one takes the lock over by itself. */
  | { readonly kind: 'stale-lock'; readonly key: string; readonly lock: string; readonly cost: BuildCost };

export interface BuildCost {
  readonly seconds: number;
  readonly downloadBytes: number;
  readonly diskBytes: number;
}

/** Orders of magnitude, as measured on a machine with two cores near its mirror. */
const buildCost: BuildCost = { seconds: 60, downloadBytes: 300e6, diskBytes: 2.5e9 };

export async function imageStatus(
  dir: string = cacheDir(),
  recipe: RootfsRecipe = rootfsRecipe,
): Promise<ImageStatus> {
  const key = recipeKey(recipe);
  const paths = cachePaths(dir, key);
  const rootfs = await readCached(paths, key);
  if (rootfs !== null) return { kind: 'present', rootfs };
  const lockExists = await stat(paths.lock).catch(() => null);
  if (lockExists === null) return { kind: 'missing', key, cost: buildCost };
  const owner = await readLock(paths.lock);
  if (owner !== null && isRunning(owner.process)) return { kind: 'building', key, owner };
  return { kind: 'stale-lock', key, lock: paths.lock, cost: buildCost };
}

export interface RemovedFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/**
 * Removes filesystems of other recipes, and what dead builders left: partial files, locks, work directories.
 * The current filesystem and everything of a live builder stay.
 */
export async function removeStaleImages(
  dir: string = cacheDir(),
  recipe: RootfsRecipe = rootfsRecipe,
  temporaryDir: string = tmpdir(),
): Promise<readonly RemovedFile[]> {
  const [cached, temporary] = await Promise.all([namesIn(dir), namesIn(temporaryDir)]);
  const candidates = [
    ...cached.filter((name) => name.startsWith('rootfs-')).map((name) => join(dir, name)),
    ...temporary.filter((name) => name.startsWith(workDirPrefix)).map((name) => join(temporaryDir, name)),
  ];
  const removed: RemovedFile[] = [];
  for (const path of candidates) {
    if (!(await isStale(path, recipeKey(recipe)))) continue;
    const { size } = await stat(path);
    await removeTree(path);
    removed.push({ path, sizeBytes: size });
  }
  return removed;
}

async function isStale(path: string, currentKey: string): Promise<boolean> {
  if (path.endsWith('.lock')) {
    const owner = await readLock(path);
    return owner === null || !isRunning(owner.process);
  }
  const builder = /(?:\.tar\.|strata-rootfs-)(\d+)(?:\.partial(?:\.json)?|-[^/]*)$/.exec(path)?.[1];
  if (builder !== undefined) return !processExists(Number(builder));
  return /\.(?:tar|json)$/.test(path) && !path.includes(`rootfs-${currentKey}.`);
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
