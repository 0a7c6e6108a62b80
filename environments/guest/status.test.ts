import { mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cachePaths, sidecarText } from '../image/cache.ts';
import { recipeKey, rootfsRecipe } from '../image/recipe.ts';
import { ownIdentity } from '../process-identity.ts';
import { readSources } from './initramfs.ts';
import { guestKey, guestPaths } from './layout.ts';
import { guestImageStatus, removeStaleGuestImages } from './status.ts';

const deadPid = 2 ** 22 - 1;
const lockOf = (pid: number) =>
  JSON.stringify({ process: { ...ownIdentity(), pid }, sinceIso: '2024-01-01T00:00:00Z' });

describe('the cache of guest images', () => {
  let dir: string;
  let temporary: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'guest cache '));
    temporary = await mkdtemp(path.join(tmpdir(), 'guest cache '));
  });
  afterEach(async () => {
    await Promise.all([dir, temporary].map((made) => rm(made, { recursive: true, force: true })));
  });

  /** Stands for the root filesystem; returns the paths of the guest image that belongs to it. */
  const storeRootfs = async () => {
    const key = recipeKey(rootfsRecipe);
    const rootfs = { key, path: cachePaths(dir, key).tar, sizeBytes: 3, sha256: 'x', packages: {} };
    await writeFile(rootfs.path, 'tar');
    await writeFile(cachePaths(dir, key).sidecar, sidecarText(rootfs));
    const guest = guestKey(rootfs, await readSources());
    return { rootfs, key: guest, paths: guestPaths(dir, guest) };
  };

  const storeGuest = async (key: string, kernel = 'vm') => {
    const paths = guestPaths(dir, key);
    await mkdir(paths.dir, { recursive: true });
    for (const [file, text] of [
      [paths.kernel, kernel],
      [paths.initrd, 'i'],
      [paths.disk, 'disk'],
    ] as const)
      await writeFile(file, text);
    const files = { vmlinuz: 2, 'initrd.cpio': 1, 'disk.img': 4 };
    await writeFile(paths.sidecar, JSON.stringify({ key, kernelRelease: '6.12', diskUuid: 'u', files }));
    return paths;
  };

  it('says what a missing image costs, and whether the root filesystem is missing too', async () => {
    expect(await guestImageStatus(dir)).toMatchObject({ kind: 'missing', rootfsMissing: true });
    await storeRootfs();
    expect(await guestImageStatus(dir)).toMatchObject({
      kind: 'missing',
      rootfsMissing: false,
      cost: { downloadBytes: 0 },
    });
  });

  it('knows a whole image, and the disk for an engine once that is whole', async () => {
    const { key, paths } = await storeRootfs();
    await storeGuest(key);
    expect(await guestImageStatus(dir)).toMatchObject({
      kind: 'present',
      image: { key, kernelRelease: '6.12', diskUuid: 'u', disk: paths.disk, rootfs: { sha256: 'x' } },
      dockerDisk: null,
    });
    const record = { imageId: 'sha256:1', diskUuid: 'd', sizeBytes: 6 };
    await writeFile(path.join(paths.dir, 'docker.json'), JSON.stringify(record));
    await writeFile(path.join(paths.dir, 'docker.img'), 'docker');
    const dockerDisk = { path: path.join(paths.dir, 'docker.img'), imageId: 'sha256:1', diskUuid: 'd' };
    expect(await guestImageStatus(dir)).toMatchObject({ kind: 'present', dockerDisk });
    await truncate(dockerDisk.path, 5);
    expect(await guestImageStatus(dir)).toMatchObject({ kind: 'present', dockerDisk: null });
    await truncate(paths.disk, 3);
    expect((await guestImageStatus(dir)).kind).toBe('missing');
  });

  it('tells a build in progress from one that died', async () => {
    const { key, paths } = await storeRootfs();
    await writeFile(paths.lock, lockOf(process.pid));
    expect(await guestImageStatus(dir)).toMatchObject({ kind: 'building', key });
    await writeFile(paths.lock, lockOf(deadPid));
    expect(await guestImageStatus(dir)).toMatchObject({ kind: 'stale-lock', key, lock: paths.lock });
  });

  it('loses other images and what dead builders left, and keeps the rest', async () => {
    const { key, paths } = await storeRootfs();
    await storeGuest(key);
    await writeFile(path.join(paths.dir, `disk.img.${deadPid}.partial`), 'x'.repeat(5000));
    await writeFile(path.join(paths.dir, `disk.img.${process.pid}.partial`), 'x');
    await storeGuest('0123456789ab');
    await storeGuest('ba9876543210');
    await writeFile(path.join(dir, 'guest-ba9876543210.lock'), lockOf(process.pid));
    await writeFile(path.join(dir, 'guest-cccccccccccc.docker.lock'), lockOf(deadPid));
    await mkdir(path.join(temporary, `strata-guest-${deadPid}-abc`));
    await mkdir(path.join(temporary, `strata-guest-${process.pid}-abc`));
    await mkdir(path.join(temporary, 'strata-guest-of-somebody'));

    const removed = await removeStaleGuestImages(dir, temporary);
    expect(removed.map(({ path: gone }) => path.basename(gone)).sort()).toEqual([
      `disk.img.${deadPid}.partial`,
      'guest-0123456789ab',
      'guest-cccccccccccc.docker.lock',
      `strata-guest-${deadPid}-abc`,
    ]);
    expect(removed.find(({ path: gone }) => gone.endsWith('0123456789ab'))?.sizeBytes).toBeGreaterThan(0);
    const kept = [`guest-${key}`, 'guest-ba9876543210', 'guest-ba9876543210.lock'].sort();
    expect((await readdir(dir)).filter((name) => name.startsWith('guest-')).sort()).toEqual(kept);
    expect(await readdir(paths.dir)).toContain(`disk.img.${process.pid}.partial`);
    expect((await readdir(temporary)).sort()).toEqual(
      ['strata-guest-of-somebody', `strata-guest-${process.pid}-abc`].sort(),
    );
  });

  it('is emptied of guest images when there is no root filesystem they could belong to', async () => {
    await storeGuest('0123456789ab');
    await removeStaleGuestImages(dir, temporary);
    expect(await readdir(dir)).toEqual([]);
  });
});
