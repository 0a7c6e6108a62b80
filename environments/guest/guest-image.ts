/**
 * The image of every guest: kernel, initramfs and root disk made from the one root filesystem, kept in the cache under
 * a key of all that went in. Built once under a lock; each file is complete or absent, so a build that was interrupted
 * goes on with what there is. Non-goal: starting guests.
 */
import { mkdir } from 'node:fs/promises';
import { withDeadline } from '../../harness/foundation/deadline.ts';
import { acquireBuildLock } from '../image/build-lock.ts';
import { cacheDir, type RootFilesystem } from '../image/cache.ts';
import { ensureRootFilesystem, type BuildScope } from '../image/rootfs.ts';
import { buildGuestImage } from './build.ts';
import { allocatedBytes } from './disk-image.ts';
import { stepError } from './errors.ts';
import { readSources } from './initramfs.ts';
import { findGuestObstacle } from './prerequisites.ts';
import { guestKey, guestPaths, readSidecar, type GuestPaths, type Sidecar } from './layout.ts';

export interface GuestImage {
  readonly key: string;
  readonly dir: string;
  /** Absolute paths. The disk is raw and must not be written to: overlays go on top of it. */
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
  readonly kernelRelease: string;
  /**
   * UUID of the root disk's filesystem. The key names what an image is made from; two builds of it still place blocks
   * differently, so what is kept on top of a disk (overlays, memory of a template) belongs to this UUID.
   */
  readonly diskUuid: string;
  readonly rootfs: RootFilesystem;
  /** What the three files take of the disk. */
  readonly sizeBytes: number;
}

export interface GuestBuildChoices {
  /** Cache directory; made when missing. */
  readonly dir: string;
  /** Taken instead of the one in the cache. */
  readonly rootfs: RootFilesystem;
  /** Limit for the whole build, and for waiting for another process that builds. */
  readonly timeoutMs: number;
}

/** Far above the half minute it takes; a slow disk must not be mistaken for a hang. */
const buildTimeoutMs = 15 * 60_000;

/** Throws E315–E319 (root filesystem), E318 (lock), E330–E337, E339. */
export async function ensureGuestImage(
  scope: BuildScope,
  given: Partial<GuestBuildChoices> = {},
): Promise<GuestImage> {
  const { dir = cacheDir(), timeoutMs = buildTimeoutMs } = given;
  const rootfs = given.rootfs ?? (await ensureRootFilesystem(scope, { dir }));
  const sources = await readSources();
  const key = guestKey(rootfs, sources);
  const paths = guestPaths(dir, key);
  const cached = await readSidecar(paths, key);
  if (cached !== null) return describe(paths, rootfs, cached);
  const obstacle = await findGuestObstacle();
  if (obstacle !== null) throw obstacle;
  await makeImageDir(paths.dir);
  const lock = await acquireBuildLock({
    path: paths.lock,
    work: 'building the guest image',
    timeoutMs,
    signal: scope.signal,
    progress: scope.progress,
  });
  try {
    const build = { key, paths, rootfs, sources, progress: scope.progress };
    const present = (await readSidecar(paths, key)) ?? (await limited(scope, timeoutMs, build));
    return describe(paths, rootfs, present);
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

async function limited(
  scope: BuildScope,
  timeoutMs: number,
  build: Omit<Parameters<typeof buildGuestImage>[0], 'signal'>,
): Promise<Sidecar> {
  let building: Promise<Sidecar> | undefined;
  const wait = {
    what: 'the guest image to be built',
    timeoutMs,
    signal: scope.signal,
    code: 'STRATA-E337' as const,
    fix: 'run again: it goes on with what is complete; a slow or full disk is the usual cause: df -h /tmp',
  };
  try {
    return await withDeadline(wait, (signal) => (building = buildGuestImage({ ...build, signal })));
  } catch (error) {
    // A build that was called off still removes what it made; the lock is held until it has.
    await building?.catch(() => undefined);
    throw error;
  }
}

/** A cached image as a {@link GuestImage}. */
export function describe(paths: GuestPaths, rootfs: RootFilesystem, sidecar: Sidecar): GuestImage {
  const { dir, kernel, initrd, disk } = paths;
  const { key, kernelRelease, diskUuid } = sidecar;
  const sizeBytes = [kernel, initrd, disk].reduce((sum, path) => sum + allocatedBytes(path), 0);
  return { key, dir, kernel, initrd, disk, kernelRelease, diskUuid, rootfs, sizeBytes };
}

async function makeImageDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (cause) {
    const failed = {
      step: 'make the directory of the guest image',
      where: dir,
      variable: 'XDG_CACHE_HOME' as const,
      code: 'STRATA-E332' as const,
      fix: 'make it writable, or set XDG_CACHE_HOME to a directory that is',
    };
    throw stepError(failed, '', cause);
  }
}
