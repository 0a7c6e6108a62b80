import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { StrataError } from '../../harness/foundation/errors.ts';
import { findKernel, loadOrder, releaseOf } from './kernel.ts';

const dep = [
  'kernel/drivers/net/virtio_net.ko.xz: kernel/drivers/net/net_failover.ko.xz kernel/net/core/failover.ko.xz',
  'kernel/drivers/net/net_failover.ko.xz: kernel/net/core/failover.ko.xz',
  'kernel/net/core/failover.ko.xz:',
  'kernel/drivers/block/virtio_blk.ko.xz:',
  '',
].join('\n');

const code = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof StrataError ? error.code : String(error);
  }
};

describe('the order in which modules load', () => {
  it('puts each after what it depends on, and each once', () => {
    const order = loadOrder(dep, ['virtio_net', 'virtio_blk']).map((file) => path.basename(file, '.ko.xz'));
    expect(order).toEqual(['failover', 'net_failover', 'virtio_net', 'virtio_blk']);
  });

  it('is refused for a module the kernel does not have', () => {
    expect(code(() => loadOrder(dep, ['virtio_vsock']))).toBe('STRATA-E336');
    // Not every name that begins alike is that module.
    expect(code(() => loadOrder(dep, ['virtio']))).toBe('STRATA-E336');
  });
});

describe('the kernel', () => {
  it('is the only one under /boot, or it is not decided which', async () => {
    const root = await mkdtemp(path.join(tmpdir(), 'root '));
    const outcome = () =>
      findKernel(root).then(
        ({ release }) => release,
        (error: unknown) => (error as StrataError).code,
      );
    try {
      expect(await outcome()).toBe('STRATA-E336');
      await mkdir(path.join(root, 'boot'));
      await writeFile(path.join(root, 'boot/vmlinuz-6.12-cloud'), '');
      expect(await outcome()).toBe('6.12-cloud');
      await writeFile(path.join(root, 'boot/vmlinuz-6.13-cloud'), '');
      expect(await outcome()).toBe('STRATA-E336');
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it('says its release in its header, and nothing else is taken for a kernel', () => {
    const image = Buffer.alloc(0x400);
    image.write('HdrS', 0x202);
    image.writeUInt16LE(0x100, 0x20e);
    image.write('6.12.1-cloud (builder) #1\0', 0x300);
    expect(releaseOf(image)).toBe('6.12.1-cloud');
    expect(releaseOf(Buffer.alloc(0x400))).toBeNull();
    expect(releaseOf(Buffer.alloc(10))).toBeNull();
  });
});
