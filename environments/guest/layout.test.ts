import { mkdtemp, rm, truncate, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { guestKey, guestPaths, readSidecar } from './layout.ts';

const rootfs = { key: 'aaaaaaaaaaaa', sha256: '00' };
const sources = { 'a.c': 'int a;', 'b.c': 'int b;' };

it('the key follows everything the image is made from, and nothing else', () => {
  const key = guestKey(rootfs, sources);
  expect(key).toMatch(/^[0-9a-f]{12}$/);
  expect(guestKey({ ...rootfs }, { 'b.c': 'int b;', 'a.c': 'int a;' })).toBe(key);
  const others = [
    guestKey({ ...rootfs, key: 'bbbbbbbbbbbb' }, sources),
    guestKey({ ...rootfs, sha256: '01' }, sources),
    guestKey(rootfs, { ...sources, 'a.c': 'int c;' }),
    guestKey(rootfs, { 'a.c': 'int a;', 'c.c': 'int b;' }),
  ];
  expect(new Set([key, ...others]).size).toBe(5);
});

it('an image is complete when its record is there and every file has the size written down', async () => {
  const cache = await mkdtemp(path.join(tmpdir(), 'guest layout '));
  const paths = guestPaths(cache, 'k');
  const sidecar = { key: 'k', kernelRelease: '6', diskUuid: 'u', files: { 'disk.img': 5, vmlinuz: 2 } };
  try {
    expect(await readSidecar(paths, 'k')).toBeNull();
    await mkdir(paths.dir);
    await writeFile(paths.sidecar, JSON.stringify(sidecar));
    await writeFile(paths.kernel, 'vm');
    expect(await readSidecar(paths, 'k')).toBeNull();
    await writeFile(paths.disk, 'disk!');
    expect(await readSidecar(paths, 'k')).toEqual(sidecar);
    expect(await readSidecar(paths, 'another')).toBeNull();
    await truncate(paths.disk, 4);
    expect(await readSidecar(paths, 'k')).toBeNull();
    await truncate(paths.disk, 5);
    await writeFile(paths.sidecar, '{"key":"k"');
    expect(await readSidecar(paths, 'k')).toBeNull();
  } finally {
    await rm(cache, { recursive: true });
  }
});
