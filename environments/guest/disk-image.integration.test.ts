/** Disks made by the real mkfs.ext4 from small directories. */
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StrataError } from '../../harness/foundation/errors.ts';
import { allocatedBytes, filesystemUuid, makeDisk } from './disk-image.ts';
import { hostPath } from './host-command.ts';
import { findGuestObstacle } from './prerequisites.ts';
import { buildSteps } from './steps.ts';

const unavailable = await findGuestObstacle();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;
const why = unavailable === null ? '' : ` (skipped: ${unavailable.message})`;

describe.skipIf(unavailable !== null)(`a disk made from a directory${why}`, () => {
  let dir: string;
  let directory: string;
  const told: string[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'größe von disks '));
    directory = path.join(dir, 'content');
    await mkdir(directory);
    await writeFile(path.join(directory, 'file'), 'x'.repeat(3_000_000));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const make = (target: string, signal = new AbortController().signal) => {
    const steps = buildSteps('testing', (text) => told.push(text), signal);
    return makeDisk({ directory, path: target, virtualBytes: 2 ** 31, label: 'test' }, steps);
  };

  it('is whole, has a journal and takes only what is used', async () => {
    const disk = path.join(dir, 'disk.img');
    await make(disk);
    expect((await stat(disk)).size).toBe(2 ** 31);
    expect(allocatedBytes(disk)).toBeLessThan(6e6);
    const run = (program: string, args: readonly string[]) => execa(program, args, { env: hostPath() });
    await run('e2fsck', ['-fn', disk]);
    const { stdout } = await run('dumpe2fs', ['-h', disk]);
    expect(stdout).toMatch(/features:.*has_journal/);
    expect(stdout).toContain(`Filesystem UUID:          ${(await filesystemUuid(disk)) ?? 'none'}`);
    const groups = (await run('dumpe2fs', [disk])).stdout.match(/^Group \d+: .*$/gm) ?? [];
    expect(groups.filter((group) => !group.includes('ITABLE_ZEROED'))).toEqual([]);
    expect(groups.length).toBeGreaterThan(8);
    expect((await run('debugfs', ['-R', 'stat /file', disk])).stdout).toContain('Size: 3000000');
    expect(told[0]).toBe('testing: writing the disk 0 s, 0.00 GB written');
  });

  it('has no UUID when it is no filesystem', async () => {
    await writeFile(path.join(dir, 'other'), Buffer.alloc(4096));
    expect(await filesystemUuid(path.join(dir, 'other'))).toBeNull();
    await writeFile(path.join(dir, 'short'), 'x');
    expect(await filesystemUuid(path.join(dir, 'short'))).toBeNull();
  });

  it('is not there when the one who asked calls it off', async () => {
    const abort = new AbortController();
    const outcome = make(path.join(dir, 'disk.img'), abort.signal).catch((error: unknown) => error);
    abort.abort(new Error('called off'));
    expect(await outcome).toMatchObject({ message: 'called off' });
    expect(await readdir(dir)).toEqual(['content']);
  });

  it.skipIf(process.getuid?.() !== 0)(
    'is refused with what to do when the disk it goes to is full',
    async () => {
      const full = path.join(dir, 'full');
      await mkdir(full);
      await execa('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', full]);
      try {
        const error: unknown = await make(path.join(full, 'disk.img')).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(StrataError);
        expect(error).toMatchObject({ code: 'STRATA-E330' });
        expect((error as StrataError).message).toContain(full);
        expect((error as StrataError).fix).toContain('XDG_CACHE_HOME');
        expect(await readdir(full)).toEqual([]);
      } finally {
        await execa('umount', [full]);
      }
    },
  );

  it('is refused where nothing can be written', async () => {
    const file = path.join(directory, 'file');
    await expect(make(path.join(file, 'disk.img'))).rejects.toMatchObject({ code: 'STRATA-E332' });
  });
});
