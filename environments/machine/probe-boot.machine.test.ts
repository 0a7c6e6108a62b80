/** Probe boots of real guests; under TCG, which every machine has. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureGuestImage, type GuestImage } from '../guest/guest-image.ts';
import { chooseAccelerator, translator } from './accelerator.ts';
import { bootProbe } from './probe-boot.ts';
import { whyQemuIsUnavailable } from './qemu-availability.ts';
import { spinningKernel } from './tiny-kernels.ts';

const unavailable = await whyQemuIsUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `a probe boot${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const { signal } = new AbortController();
    const progress = () => undefined;
    let image: GuestImage;
    let dir: string;

    beforeAll(async () => {
      image = await ensureGuestImage({ signal, progress });
    });
    beforeEach(async () => {
      dir = await mkdtemp(path.join(tmpdir(), 'strata-probe-'));
      vi.stubEnv('TMPDIR', dir);
    });
    afterEach(async () => {
      vi.unstubAllEnvs();
      const left = (await readdir(dir)).filter((name) => name.startsWith('strata-'));
      await rm(dir, { recursive: true });
      expect(left, 'what the probe left').toEqual([]);
    });

    const request = () => ({
      ...{ program: 'qemu-system-x86_64', accelerator: translator, limitMs: 60_000, signal },
      ...{ kernel: image.kernel, initrd: image.initrd },
    });
    const kernelThatSpins = async () => {
      await writeFile(path.join(dir, 'kernel'), spinningKernel());
      return path.join(dir, 'kernel');
    };

    it('succeeds when the guest powers itself off', async () => {
      expect(await bootProbe(request())).toMatchObject({ works: true });
    });

    it('fails when the guest never starts, and does not wait longer than it was told', async () => {
      expect(await bootProbe({ ...request(), kernel: await kernelThatSpins(), limitMs: 1_000 })).toEqual({
        works: false,
        reason: 'the guest did not start: the probe timed out after 1 s',
      });
    });

    it('fails when the guest dies, although QEMU then ends as after a power-off', async () => {
      await writeFile(path.join(dir, 'initrd'), 'no init in here');
      const outcome = await bootProbe({ ...request(), initrd: path.join(dir, 'initrd') });
      expect(outcome).toMatchObject({
        works: false,
        reason: expect.stringMatching(/\(guest-reset\); the guest said: .*Kernel panic/) as string,
      });
    });

    it('fails when QEMU does not get so far, with its words', async () => {
      const accelerator = { ...translator, cpuModel: 'abacus' };
      expect(await bootProbe({ ...request(), accelerator })).toMatchObject({
        works: false,
        reason: expect.stringMatching(/^QEMU ended before the guest did; QEMU said: .*abacus/) as string,
      });
    });

    it('that is called off rejects with the reason and leaves nothing', async () => {
      const calledOff = new AbortController();
      const reason = new Error('the run was stopped');
      const kernel = await kernelThatSpins();
      const probing = bootProbe({ ...request(), kernel, signal: calledOff.signal });
      const outcome = probing.catch((error: unknown) => error);
      setTimeout(() => calledOff.abort(reason), 300);
      expect(await outcome).toBe(reason);
    });

    it('is made once; its verdict holds until something changes', async () => {
      const said: string[] = [];
      const choose = () =>
        chooseAccelerator({
          ...{ kernel: image.kernel, initrd: image.initrd, signal, cacheDir: dir },
          // Opens as /dev/kvm does, so that the probe is made also where there is none; it then fails.
          kvmDevice: '/dev/null',
          progress: (message) => said.push(message),
        });
      const first = await choose();
      expect(await choose()).toEqual(first);
      expect(said).toEqual(['trying whether KVM works: booting a guest, at most 10 s']);
      expect(await readdir(dir)).toEqual(['kvm-probe.json']);
    });
  },
);
