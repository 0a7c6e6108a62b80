import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownIdentity } from '../process-identity.ts';
import { cacheDir, cachePaths, sidecarText } from './cache.ts';
import { recipeKey, rootfsRecipe } from './recipe.ts';
import { imageStatus, removeStaleImages } from './status.ts';

const key = recipeKey(rootfsRecipe);
const deadPid = 2 ** 22 - 1;
const lockOf = (pid: number) =>
  JSON.stringify({ process: { ...ownIdentity(), pid }, sinceIso: '2024-01-01T00:00:00Z' });

describe('the image cache', () => {
  let dir: string;
  let temporary: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'image cache '));
    temporary = await mkdtemp(path.join(tmpdir(), 'image cache '));
  });
  afterEach(async () => {
    await Promise.all([dir, temporary].map((made) => rm(made, { recursive: true, force: true })));
  });

  const store = async (ofKey: string, content = 'tar') => {
    const paths = cachePaths(dir, ofKey);
    await writeFile(paths.tar, content);
    const rootfs = { key: ofKey, path: paths.tar, sizeBytes: 3, sha256: 'x', packages: { gcc: '14' } };
    await writeFile(paths.sidecar, sidecarText(rootfs));
    return rootfs;
  };

  it('says what a missing image would cost', async () => {
    expect(await imageStatus(dir)).toMatchObject({ kind: 'missing', key, cost: { seconds: 60 } });
    expect(await imageStatus(path.join(dir, 'never made'))).toMatchObject({ kind: 'missing' });
  });

  it('knows a finished image with its packages', async () => {
    const rootfs = await store(key);
    expect(await imageStatus(dir)).toEqual({ kind: 'present', rootfs });
  });

  it('takes a truncated image, or one without a description, for missing', async () => {
    await store(key, 'ta');
    expect((await imageStatus(dir)).kind).toBe('missing');
    await store(key);
    await writeFile(cachePaths(dir, key).sidecar, '{"key":');
    expect((await imageStatus(dir)).kind).toBe('missing');
  });

  it('tells a build under way from one that died', async () => {
    await writeFile(cachePaths(dir, key).lock, JSON.stringify({ process: ownIdentity(), sinceIso: 'x' }));
    expect(await imageStatus(dir)).toMatchObject({
      kind: 'building',
      owner: { process: { pid: process.pid } },
    });
    await writeFile(cachePaths(dir, key).lock, lockOf(deadPid));
    expect((await imageStatus(dir)).kind).toBe('stale-lock');
  });

  it('is cleaned of other recipes and of dead builders, and of nothing else', async () => {
    await store(key);
    await store('0123456789ab');
    const tar = cachePaths(dir, key).tar;
    await writeFile(`${tar}.${deadPid}.partial`, 'half');
    await writeFile(`${tar}.${process.pid}.partial`, 'half');
    await writeFile(cachePaths(dir, 'ba9876543210').lock, lockOf(deadPid));
    await writeFile(path.join(dir, 'notes.txt'), 'not ours');
    await mkdir(path.join(temporary, `strata-rootfs-${deadPid}-abc`, 'chroot'), { recursive: true });
    await mkdir(path.join(temporary, `strata-rootfs-${process.pid}-abc`));

    const removed = await removeStaleImages(dir, rootfsRecipe, temporary);

    expect(removed).toHaveLength(5);
    const kept = [
      `rootfs-${key}.json`,
      `rootfs-${key}.tar`,
      `rootfs-${key}.tar.${process.pid}.partial`,
      'notes.txt',
    ];
    expect((await readdir(dir)).sort()).toEqual(kept.sort());
    expect(await readdir(temporary)).toEqual([`strata-rootfs-${process.pid}-abc`]);
  });
});

it('the cache lies where the user says, if that is an absolute path', () => {
  expect(cacheDir({ XDG_CACHE_HOME: '/x y' })).toBe('/x y/strata');
  expect(cacheDir({ XDG_CACHE_HOME: 'relative' })).toMatch(/\/\.cache\/strata$/);
  expect(cacheDir({})).toMatch(/\/\.cache\/strata$/);
});
