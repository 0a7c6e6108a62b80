/**
 * The second disk of a `docker` guest: what its engine keeps in /var/lib/docker, with the workload's image in it, so
 * that no guest has to import it.
 *
 * The image is put there on the host, by the root filesystem's own engine in a chroot: 19–26 s from the archive to the
 * disk on two cores as root (unpacking 4–8 s, engine 2 s, import 4–8 s, writing 5 s) and 28 s as an ordinary user in a
 * user namespace, where the same engine mounts the same overlays. It needs overlayfs on the directory for temporary
 * files. Importing in an emulated guest was not built: the engine there takes 12 s only to start.
 */
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StrataError } from '../../harness/foundation/errors.ts';
import { ensureImage, type EngineImage } from '../docker/image.ts';
import { acquireBuildLock } from '../image/build-lock.ts';
import type { BuildScope } from '../image/rootfs.ts';
import { filesystemUuid, makeDisk } from './disk-image.ts';
import { writeWhole } from './whole-file.ts';
import type { GuestImage } from './guest-image.ts';
import { findGuestObstacle } from './prerequisites.ts';
import { engineData, startPrivateEngine } from './private-engine.ts';
import { buildSteps, type Steps } from './steps.ts';
import { unpackTree } from './tree.ts';

export interface DockerDisk {
  /** Raw disk, ext4; mounted with `strata.mount=vdb:/var/lib/docker`. Must not be written to: overlays go on top. */
  readonly path: string;
  /** `sha256:…`, as the guest's engine will say it. */
  readonly imageId: string;
  /** Of its filesystem: see {@link GuestImage.diskUuid}. */
  readonly diskUuid: string;
}

/** What the engine in the guest has for images and containers; only what is used takes room. */
export const dockerDiskBytes = 16 * 2 ** 30;

const timeoutMs = 15 * 60_000;

/** Throws E315–E319 (root filesystem), E318 (lock), E330–E339, E41x (the engine). */
export async function ensureDockerDisk(image: GuestImage, scope: BuildScope): Promise<DockerDisk> {
  const cached = await findDockerDisk(image.dir);
  if (cached !== null) return cached;
  const obstacle = await findGuestObstacle();
  if (obstacle !== null) throw obstacle;
  const lock = await acquireBuildLock({
    path: `${image.dir}.docker.lock`,
    work: 'building the disk for Docker Engine',
    timeoutMs,
    ...scope,
  });
  try {
    return (await findDockerDisk(image.dir)) ?? (await build(image, scope));
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

async function build(image: GuestImage, scope: BuildScope): Promise<DockerDisk> {
  const { path, sidecar } = diskPaths(image.dir);
  const steps = buildSteps(
    'building the disk for Docker Engine (once, about half a minute)',
    scope.progress,
    scope.signal,
  );
  await using tree = await unpackTree(image.rootfs, steps);
  const { id } = await importInto(tree.root, image, steps, scope);
  const directory = join(tree.root, engineData);
  await makeDisk({ directory, path, virtualBytes: dockerDiskBytes, label: 'strata-docker' }, steps);
  const diskUuid = await filesystemUuid(path);
  const text = `${JSON.stringify({ imageId: id, diskUuid, sizeBytes: dockerDiskBytes }, null, 2)}\n`;
  await writeWhole(sidecar, Buffer.from(text));
  return { path, imageId: id, diskUuid: diskUuid ?? '' };
}

async function importInto(
  root: string,
  image: GuestImage,
  steps: Steps,
  scope: BuildScope,
): Promise<EngineImage> {
  const silent = () => '';
  await using own = await steps.run('starting its engine', silent, (signal) =>
    startPrivateEngine(root, signal),
  );
  const imported = await ensureImage(own.engine, scope);
  if (imported.archiveSha256 !== image.rootfs.sha256) {
    throw new StrataError({
      code: 'STRATA-E339',
      message: `the guest image was made from the root filesystem ${image.rootfs.sha256}, the cache holds ${imported.archiveSha256}`,
      fix: 'run again: the guest image is built anew from what the cache holds',
    });
  }
  await steps.run('stopping its engine', silent, () => own.stop());
  // Networks of the engine on the host; the one in the guest makes its own.
  await rm(join(root, engineData, 'network'), { recursive: true, force: true });
  return imported;
}

function diskPaths(imageDir: string): { path: string; sidecar: string } {
  return { path: join(imageDir, 'docker.img'), sidecar: join(imageDir, 'docker.json') };
}

/** The disk, when it is there and whole. */
export async function findDockerDisk(imageDir: string): Promise<DockerDisk | null> {
  const { path, sidecar } = diskPaths(imageDir);
  const [text, disk] = await Promise.all([
    readFile(sidecar, 'utf8').catch(() => ''),
    stat(path).catch(() => null),
  ]);
  try {
    const { imageId, diskUuid, sizeBytes } = JSON.parse(text) as Partial<DockerDisk & { sizeBytes: number }>;
    if (imageId === undefined || diskUuid === undefined || disk?.size !== sizeBytes) return null;
    return { path, imageId, diskUuid };
  } catch {
    return null;
  }
}
