/**
 * The guest image of the real root filesystem, taken from the cache or built into it; one more is built beside it, in
 * two halves, because a build that was interrupted must go on. Some 25 s, and 1.3 GB for as long.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheDir } from '../image/cache.ts';
import { findMissingTool } from '../image/prerequisites.ts';
import { imageStatus } from '../image/status.ts';
import { ensureDockerDisk } from './docker-disk.ts';
import { ensureGuestImage, type GuestImage } from './guest-image.ts';
import { hostPath } from './host-command.ts';
import { findGuestObstacle } from './prerequisites.ts';
import { roles, roleScripts } from './roles.ts';
import { guestImageStatus } from './status.ts';
import { treePrefix } from './tree.ts';

const rootfsObstacle = (await imageStatus()).kind === 'present' ? null : await findMissingTool();
const unavailable = rootfsObstacle ?? (await findGuestObstacle());
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;
const why = unavailable === null ? '' : ` (skipped: ${unavailable.message})`;

const scope = (told: string[] = [], signal = new AbortController().signal) => ({
  signal,
  progress: (text: string) => told.push(text),
});
const onDisk = async (disk: string, request: string) =>
  (await execa('debugfs', ['-R', request, disk], { env: hostPath() })).stdout;
const treesOf = async (pid: number) =>
  (await readdir(tmpdir())).filter((name) => name.startsWith(`${treePrefix}${pid}-`));

describe.skipIf(unavailable !== null)(`the guest image${why}`, () => {
  let image: GuestImage;
  let dir: string;
  beforeAll(async () => {
    image = await ensureGuestImage(scope());
    dir = await mkdtemp(path.join(tmpdir(), 'guest image '));
  }, 20 * 60_000);
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it('is in the cache under its key, and the same for two who ask', async () => {
    const told: string[] = [];
    const both = await Promise.all([ensureGuestImage(scope(told)), ensureGuestImage(scope(told))]);
    expect(both).toEqual([image, image]);
    expect(told).toEqual([]);
    expect(image.dir).toBe(path.join(cacheDir(), `guest-${image.key}`));
    expect(await guestImageStatus()).toMatchObject({ kind: 'present', image: { key: image.key } });
    expect(image.sizeBytes).toBeGreaterThan(0.5e9);
    expect(image.sizeBytes).toBeLessThan(2.5e9);
  });

  it('has an initramfs that the cpio of the root filesystem reads', async () => {
    const usr = ['bin/cpio', 'lib/x86_64-linux-gnu/libc.so.6', 'lib/x86_64-linux-gnu/ld-linux-x86-64.so.2'];
    const members = usr.map((file) => `./usr/${file}`);
    await execa('tar', ['-xf', image.rootfs.path, '-C', dir, ...members]);
    const [cpio, libc, loader] = usr.map((file) => path.join(dir, 'usr', file));
    const cwd = path.join(dir, 'usr');
    const through = [loader, '--library-path', path.dirname(libc ?? ''), cpio].map(String);
    const [program = '', ...args] = through;
    await execa(program, [...args, '-idu', '--quiet'], { cwd, inputFile: image.initrd });
    const order = (await readFile(path.join(cwd, 'modules/order'), 'utf8')).trim().split('\n');
    expect(order).toEqual(['failover.ko', 'net_failover.ko', 'virtio_net.ko', 'virtio_blk.ko']);
    for (const module of order)
      expect((await readFile(path.join(cwd, 'modules', module))).toString('latin1', 1, 4)).toBe('ELF');
    expect((await stat(path.join(cwd, 'init'))).mode & 0o777).toBe(0o755);
    expect((await execa('file', ['-b', path.join(cwd, 'init')], { reject: false })).stdout).not.toMatch(
      /dynamic/,
    );
    const scripts = roleScripts(`strata-rootfs:${image.rootfs.key}`);
    for (const role of roles)
      expect(await readFile(path.join(cwd, 'roles', role), 'utf8')).toBe(scripts[role]);
    expect((await readdir(path.join(cwd, 'roles'))).sort()).toEqual([...roles].sort());
  });

  it('has the kernel it says, and the userland of the containers with its owners', async () => {
    expect(await onDisk(image.disk, `ls -p /usr/lib/modules/${image.kernelRelease}`)).toContain(
      'modules.dep',
    );
    for (const program of ['etcd', 'node', 'mariadb-admin'])
      expect(await onDisk(image.disk, `stat /usr/bin/${program}`)).toMatch(/Type: (?:regular|symlink)/);
    const owner = /^mysql:[^:]*:(\d+):(\d+):/m.exec(await onDisk(image.disk, 'cat /etc/passwd'));
    expect(await onDisk(image.disk, 'stat /var/lib/mysql')).toMatch(
      new RegExp(`User: +${owner?.[1] ?? '?'} +Group: +${owner?.[2] ?? '?'} `),
    );
  });

  it('that was being built when the builder was killed goes on with what is complete', async () => {
    const rootfsFile = path.join(dir, 'rootfs.json');
    await writeFile(rootfsFile, JSON.stringify(image.rootfs));
    const builder = [
      `import { ensureGuestImage } from ${JSON.stringify(path.join(import.meta.dirname, 'guest-image.ts'))};`,
      `import { readFileSync } from 'node:fs';`,
      `const rootfs = JSON.parse(readFileSync(${JSON.stringify(rootfsFile)}, 'utf8'));`,
      `const scope = { signal: new AbortController().signal, progress: (text) => process.stdout.write(text + '\\n') };`,
      `await ensureGuestImage(scope, { dir: ${JSON.stringify(dir)}, rootfs });`,
    ].join('\n');
    const args = ['--import', 'tsx', '--input-type=module', '-e', builder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (/writing the disk [^0]/.test(said)) child.kill('SIGKILL');
    }
    await exited;
    expect(said).toContain('compiling PID 1');
    const paths = {
      dir: path.join(dir, `guest-${image.key}`),
      partial: `disk.img.${child.pid ?? 0}.partial`,
    };
    expect((await readdir(paths.dir)).sort()).toEqual([paths.partial, 'initrd.cpio', 'vmlinuz'].sort());
    // What wrote it ended with its builder.
    const grown = async () => (await stat(path.join(paths.dir, paths.partial))).mtimeMs;
    const before = await grown();
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await grown()).toBe(before);
    expect(await treesOf(child.pid ?? 0)).toHaveLength(1);
    const { mtimeMs } = await stat(path.join(paths.dir, 'initrd.cpio'));

    const told: string[] = [];
    const resumed = await ensureGuestImage(scope(told), { dir, rootfs: image.rootfs });
    expect(resumed.key).toBe(image.key);
    expect(resumed.diskUuid).not.toBe(image.diskUuid);
    expect(told.some((text) => text.includes('compiling'))).toBe(false);
    expect(told[0]).toMatch(
      /^building the guest image \(once, .*\): unpacking the root filesystem 0 s, 0\.00 of/,
    );
    expect((await stat(resumed.initrd)).mtimeMs).toBe(mtimeMs);
    expect((await readdir(paths.dir)).sort()).toEqual(['disk.img', 'guest.json', 'initrd.cpio', 'vmlinuz']);
    expect([...(await treesOf(child.pid ?? 0)), ...(await treesOf(process.pid))]).toEqual([]);
    expect((await readdir(dir)).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  it('that is called off leaves nothing but what is complete', async () => {
    const abort = new AbortController();
    const told: string[] = [];
    const other = path.join(dir, 'other');
    const outcome = ensureGuestImage(scope(told, abort.signal), { dir: other, rootfs: image.rootfs }).catch(
      (thrown: unknown) => thrown,
    );
    await expect.poll(() => told.length, { timeout: 180_000 }).toBeGreaterThan(1);
    abort.abort(new Error('called off'));
    expect(await outcome).toMatchObject({ message: 'called off' });
    expect(await readdir(path.join(other, `guest-${image.key}`))).toEqual([]);
    expect([...(await treesOf(process.pid)), ...(await readdir(other))]).toEqual([`guest-${image.key}`]);
  });

  it('is refused with what to do where it cannot be kept, and when its archive is damaged', async () => {
    const file = path.join(dir, 'file');
    await writeFile(file, 'no archive');
    await expect(ensureGuestImage(scope(), { dir: file, rootfs: image.rootfs })).rejects.toMatchObject({
      code: 'STRATA-E332',
      fix: expect.stringContaining('XDG_CACHE_HOME') as string,
    });
    const rootfs = { ...image.rootfs, path: file };
    await expect(ensureGuestImage(scope(), { dir: path.join(dir, 'other'), rootfs })).rejects.toMatchObject({
      code: 'STRATA-E333',
      fix: expect.stringContaining(file) as string,
    });
    expect(await treesOf(process.pid)).toEqual([]);
  });

  it('comes with a disk on which an engine has the image of the containers', async () => {
    const disk = await ensureDockerDisk(image, scope());
    expect(disk.imageId).toMatch(/^sha256:[0-9a-f]{64}$/);
    const repositories = await onDisk(disk.path, 'cat /image/overlay2/repositories.json');
    expect(repositories).toContain(`"strata-rootfs:${image.rootfs.key}":"${disk.imageId}"`);
    const config = await onDisk(
      disk.path,
      `cat /image/overlay2/imagedb/content/sha256/${disk.imageId.slice(7)}`,
    );
    expect(config).toContain(`"strata-rootfs.sha256":"${image.rootfs.sha256}"`);
    expect(await ensureDockerDisk(image, scope())).toEqual(disk);
  }, 300_000);
});
