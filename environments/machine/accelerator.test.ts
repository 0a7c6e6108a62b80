import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseAccelerator } from './accelerator.ts';
import { circumstancesKey, readVerdict, verdictFile, writeVerdict } from './probe-verdict.ts';

const { signal } = new AbortController();
let dir: string;
let image: { kernel: string; initrd: string };

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'strata-accelerator-'));
  image = { kernel: path.join(dir, 'vmlinuz'), initrd: path.join(dir, 'initrd') };
  await writeFile(image.kernel, 'kernel');
  await writeFile(image.initrd, 'initrd');
});
afterEach(() => rm(dir, { recursive: true }));

const qemu = {
  system: { path: '/nowhere/qemu-system-x86_64', version: '10.0.2' },
  img: { path: '/nowhere/qemu-img', version: '10.0.2' },
};
const request = () => ({ ...image, signal, progress: () => undefined, cacheDir: dir, qemu });

describe('the accelerator', () => {
  it('is the translator with the safe processor where there is no KVM, and the reason says so', async () => {
    const kvmDevice = path.join(dir, 'kvm');
    expect(await chooseAccelerator({ ...request(), kvmDevice })).toEqual({
      accelerator: { kind: 'tcg', cpuModel: 'qemu64,-cx16', translationBufferMiB: 256 },
      cpuModel: 'qemu64,-cx16',
      reason: `KVM was not used: there is no ${kvmDevice}: the host has no virtualization or does not pass it on`,
    });
  });

  it('is the translator where the device is there and does not open', async () => {
    const { accelerator, reason } = await chooseAccelerator({ ...request(), kvmDevice: dir });
    expect(accelerator.kind).toBe('tcg');
    expect(reason).toContain('cannot be opened: EISDIR');
  });

  it('tells the group to join where the device may not be opened', async () => {
    // A file that not even root may open for writing.
    const { reason } = await chooseAccelerator({ ...request(), kvmDevice: '/sys/kernel/uevent_seqnum' });
    expect(reason).toMatch(/no permission to open .*: sudo usermod -aG kvm \S+, then log in anew/);
  });

  it.each([
    [
      { works: true, bootMs: 640 } as const,
      'kvm',
      'host',
      /^a guest booted under KVM and powered off after 0.6 s$/,
    ],
    [
      { works: false, reason: 'it hung' } as const,
      'tcg',
      'qemu64,-cx16',
      /^KVM was not used: it hung \(remembered in /,
    ],
  ])('follows what a probe found before: %o', async (outcome, kind, cpuModel, reason) => {
    const key = await circumstancesKey({ qemuVersion: '10.0.2', ...image });
    await writeVerdict(dir, key, outcome);
    // This file opens as /dev/kvm does, and the program to probe with is not there.
    const choice = await chooseAccelerator({ ...request(), kvmDevice: image.kernel });
    expect(choice).toMatchObject({ accelerator: { kind }, cpuModel });
    expect(choice.reason).toMatch(reason);
  });
});

describe('what a probe found', () => {
  const found = { works: true, bootMs: 700 } as const;
  const circumstances = () => ({ qemuVersion: '7.2.22', ...image });

  it('is remembered', async () => {
    const key = await circumstancesKey(circumstances());
    await writeVerdict(path.join(dir, 'made', 'for it'), key, found);
    expect(await readVerdict(path.join(dir, 'made', 'for it'), key)).toEqual(found);
  });

  it('is no longer true after a reboot, with another QEMU, kernel or init', async () => {
    const before = await circumstancesKey(circumstances(), 'boot-1');
    const keys = [
      before,
      await circumstancesKey(circumstances(), 'boot-2'),
      await circumstancesKey({ ...circumstances(), qemuVersion: '8.0.0' }, 'boot-1'),
    ];
    await writeFile(image.kernel, 'a newer kernel');
    keys.push(await circumstancesKey(circumstances(), 'boot-1'));
    await writeFile(image.initrd, 'a newer init');
    keys.push(await circumstancesKey(circumstances(), 'boot-1'));
    expect(new Set(keys).size).toBe(keys.length);
    await writeVerdict(dir, before, found);
    expect(await Promise.all(keys.map((key) => readVerdict(dir, key)))).toEqual([
      found,
      null,
      null,
      null,
      null,
    ]);
  });

  it('is not remembered where boots cannot be told apart', async () => {
    const key = await circumstancesKey(circumstances(), null);
    await writeVerdict(dir, key, found);
    expect(await readVerdict(dir, key)).toBeNull();
  });

  it.each([
    '',
    '{',
    'null',
    '{"key":"k"}',
    '{"key":"k","outcome":{"works":"yes"}}',
    '{"key":"k","outcome":{"works":true}}',
  ])('is found out anew when the file holds %j', async (text) => {
    await writeFile(verdictFile(dir), text);
    expect(await readVerdict(dir, 'k')).toBeNull();
  });
});
