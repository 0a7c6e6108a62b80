/** Names, key and completeness of a cached guest image. Whatever changes its bytes is part of the key. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RootFilesystem } from '../image/cache.ts';
import { mkfsOptions } from './disk-image.ts';
import { wantedModules } from './kernel.ts';
import { roleScripts } from './roles.ts';

/** Grows when the way of building changes without any of the other ingredients changing. */
const layoutVersion = 1;

/** What the guest sees of its root disk; its image takes what is used. */
export const rootDiskBytes = 8 * 2 ** 30;

export interface GuestPaths {
  readonly dir: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly disk: string;
  /** Written last: an image with this file is complete. */
  readonly sidecar: string;
  readonly lock: string;
}

export function guestPaths(cache: string, key: string): GuestPaths {
  const dir = join(cache, `guest-${key}`);
  return {
    dir,
    kernel: join(dir, 'vmlinuz'),
    initrd: join(dir, 'initrd.cpio'),
    disk: join(dir, 'disk.img'),
    sidecar: join(dir, 'guest.json'),
    lock: `${dir}.lock`,
  };
}

/** First 12 hex digits of the SHA-256 over everything the image is made from. */
export function guestKey(
  rootfs: Pick<RootFilesystem, 'key' | 'sha256'>,
  sources: Readonly<Record<string, string>>,
): string {
  const ingredients = [
    layoutVersion,
    [rootfs.key, rootfs.sha256],
    Object.entries(sources).sort(([a], [b]) => (a < b ? -1 : 1)),
    Object.entries(roleScripts(imageTag(rootfs))),
    [wantedModules, rootDiskBytes, mkfsOptions],
  ];
  return createHash('sha256').update(JSON.stringify(ingredients)).digest('hex').slice(0, 12);
}

/** The tag under which an engine has this root filesystem (environments/docker/image.ts gives it). */
export function imageTag(rootfs: Pick<RootFilesystem, 'key'>): string {
  return `strata-rootfs:${rootfs.key}`;
}

export interface Sidecar {
  readonly key: string;
  readonly kernelRelease: string;
  /** UUID of the root disk's filesystem: every build of the same key has another. */
  readonly diskUuid: string;
  /** Apparent sizes by file name, to notice a file that was cut off. */
  readonly files: Readonly<Record<string, number>>;
}

/** What was written down of a complete image; null when anything is missing or of another size. */
export async function readSidecar(paths: GuestPaths, key: string): Promise<Sidecar | null> {
  const written = parseSidecar(await readFile(paths.sidecar, 'utf8').catch(() => ''));
  if (written?.key !== key) return null;
  const names = Object.entries(written.files);
  const sizes = await Promise.all(
    names.map(([name]) =>
      stat(join(paths.dir, name)).then(
        ({ size }) => size,
        () => null,
      ),
    ),
  );
  return names.every(([, size], index) => sizes[index] === size) ? written : null;
}

function parseSidecar(text: string): Sidecar | null {
  try {
    const { key, kernelRelease, diskUuid, files } = JSON.parse(text) as Partial<Sidecar>;
    if (key === undefined || kernelRelease === undefined || diskUuid === undefined || files === undefined)
      return null;
    return { key, kernelRelease, diskUuid, files };
  } catch {
    return null;
  }
}
