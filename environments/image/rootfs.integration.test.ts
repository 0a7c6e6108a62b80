/** Real builds with mmdebstrap, of a filesystem much smaller than the real one. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { causeChain, StrataError } from '../../harness/foundation/errors.ts';
import { findMissingTool } from './prerequisites.ts';
import { rootfsRecipe, type RootfsRecipe } from './recipe.ts';
import { ensureRootFilesystem } from './rootfs.ts';

const unavailable = await findMissingTool();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

const small: RootfsRecipe = { ...rootfsRecipe, variant: 'essential', packages: ['make'] };

describe.skipIf(unavailable !== null)(
  `building${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    let dir: string;
    beforeEach(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'größe von rootfs '));
    });
    afterEach(() => rm(dir, { recursive: true, force: true }));

    const ensure = (recipe: RootfsRecipe, signal = new AbortController().signal, told: string[] = []) =>
      ensureRootFilesystem({ signal, progress: (text) => told.push(text) }, { recipe, dir });

    const workDirs = async () =>
      (await readdir(tmpdir())).filter((name) => name.startsWith(`strata-rootfs-${process.pid}-`));

    it('happens once for two who ask at the same time, and yields what was described', async () => {
      const told: [string[], string[]] = [[], []];
      const [first, second] = await Promise.all([
        ensure(small, undefined, told[0]),
        ensure(small, undefined, told[1]),
      ]);
      expect(second).toEqual(first);
      // Either may be the one that builds; the other waits for it.
      const builders = told.filter((texts) => texts.some((text) => text.startsWith('building')));
      expect(builders).toHaveLength(1);

      const hash = createHash('sha256');
      for await (const chunk of createReadStream(first.path)) hash.update(chunk as Buffer);
      expect(hash.digest('hex')).toBe(first.sha256);
      expect(Object.keys(first.packages)).toEqual(expect.arrayContaining(['dpkg', 'libc6', 'make']));
      const { stdout: files } = await execa('tar', ['-tf', first.path]);
      expect(files).toMatch(/^\.\/usr\/bin\/make$/m);
      expect(files).not.toMatch(/^\.\/etc\/(?:hostname|resolv\.conf|apt\/sources\.list)$/m);

      expect((await readdir(dir)).sort()).toEqual([`rootfs-${first.key}.json`, `rootfs-${first.key}.tar`]);
      const again: string[] = [];
      expect(await ensure(small, undefined, again)).toEqual(first);
      expect(again).toEqual([]);
    });

    it('that fails quotes what mmdebstrap said last and leaves nothing', async () => {
      const impossible = { ...small, packages: ['no-such-package-anywhere'] };
      const error: unknown = await ensure(impossible).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(StrataError);
      expect((error as StrataError).code).toBe('STRATA-E317');
      expect(causeChain(error).join('\n')).toContain('no-such-package-anywhere');
      expect([...(await readdir(dir)), ...(await workDirs())]).toEqual([]);
    });

    it('that is aborted rejects with the reason and leaves nothing', async () => {
      const abort = new AbortController();
      const told: string[] = [];
      const outcome = ensure({ ...small, packages: ['gcc'] }, abort.signal, told).catch(
        (thrown: unknown) => thrown,
      );
      await expect.poll(() => told.length, { timeout: 30_000 }).toBeGreaterThan(2);
      abort.abort(new Error('called off'));
      expect(causeChain(await outcome)).toContain('called off');
      expect([...(await readdir(dir)), ...(await workDirs())]).toEqual([]);
    });
  },
);

it('a user who is not root and gets no user namespace is told why and what to do', async () => {
  const obstacle = await findMissingTool(1000, () => Promise.resolve('no line matching user'));
  expect(obstacle?.code).toMatch(/^STRATA-E31[56]$/);
  expect(obstacle?.fix).toMatch(/root|apt-get/);
  if (unavailable === null) expect(causeChain(obstacle)).toContain('no line matching user');
});
