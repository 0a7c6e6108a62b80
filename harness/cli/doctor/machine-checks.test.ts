import { expect, describe, it } from 'vitest';
import { guestImageCost, type GuestImageStatus } from '../../../environments/guest/status.ts';
import { translator } from '../../../environments/machine/accelerator.ts';
import { StrataError, type ErrorCode } from '../../foundation/errors.ts';
import { wantedFixes } from './apply-fixes.ts';
import { guestImageFinding, templatesFinding } from './guest-image-checks.ts';
import { acceleratorFinding, machineChecks } from './machine-checks.ts';

const obstacle = (code: ErrorCode, cause?: Error) =>
  new StrataError({ code, message: `${code} stands in the way`, fix: `cure ${code}`, cause });
const missing: GuestImageStatus = { kind: 'missing', cost: guestImageCost, rootfsMissing: false };

describe('the accelerator', () => {
  it('is fine with KVM, and told with what proved it', () => {
    const choice = { accelerator: { kind: 'kvm' }, cpuModel: 'host', reason: 'a guest booted' } as const;
    expect(acceleratorFinding(choice)).toMatchObject({
      state: 'ok',
      detail: 'KVM, CPU model host: a guest booted',
    });
  });

  it('is less than that without, with the reason and, where there is a right to be had, how', () => {
    const choice = (reason: string) =>
      acceleratorFinding({ accelerator: translator, cpuModel: translator.cpuModel, reason });
    const hung = choice('KVM was not used: the guest did not start: the probe timed out after 10 s');
    expect(hung).toMatchObject({ state: 'warn', fixes: [] });
    expect(hung.detail).toMatch(/^TCG, which emulates .*the probe timed out after 10 s$/);
    const refused = choice('KVM was not used: no permission to open /dev/kvm: sudo usermod -aG kvm me');
    expect(refused.advice).toContain('give this user the right');
  });
});

describe('the guest image', () => {
  it('that is missing is no failure where a run builds it, and its cost is told', () => {
    expect(guestImageFinding(missing, [])).toMatchObject({
      state: 'warn',
      detail: expect.stringMatching(
        /the first run builds it: about 15 s, nothing to download, 1.3 GB/,
      ) as string,
      fixes: ['build-guest-image'],
    });
    const both = guestImageFinding({ ...missing, rootfsMissing: true }, []);
    expect(both.fixes).toEqual(['build-image', 'build-guest-image']);
    expect(both.detail).toContain('300 MB');
  });

  it('that cannot be built fails with every obstacle, and all that --fix has to do in order', () => {
    const status = { ...missing, rootfsMissing: true };
    const found = guestImageFinding(status, [obstacle('STRATA-E315'), obstacle('STRATA-E331')]);
    expect(found.state).toBe('fail');
    expect(found.detail).toMatch(/E315 .*; STRATA-E331 /);
    expect(found.fixes).toEqual([
      'install-mmdebstrap',
      'install-guest-tools',
      'build-image',
      'build-guest-image',
    ]);
  });

  it('that this user may not build is built by nobody unless a package is what is missing', () => {
    expect(
      guestImageFinding(missing, [obstacle('STRATA-E339', new Error('Operation not permitted'))]),
    ).toMatchObject({
      fixes: [],
      advice: 'cure STRATA-E339',
    });
    const noMap = obstacle('STRATA-E339', new Error('unshare: failed to execute newuidmap: No such file'));
    expect(guestImageFinding(missing, [noMap]).fixes).toEqual(['install-uidmap', 'build-guest-image']);
  });
});

it('prepared machines are counted with their size; stale ones are told apart and never a lack', () => {
  const machine = { path: 'p', role: 'plain', sizeBytes: 120e6, stale: null };
  expect(templatesFinding([])).toMatchObject({ state: 'ok', advice: null });
  expect(templatesFinding([machine, machine]).detail).toBe('2 machines ready to wake, 240 MB');
  const found = templatesFinding([machine, { ...machine, stale: 'made with QEMU 6' }]);
  expect(found).toMatchObject({ state: 'ok', advice: expect.stringContaining('clean -- --all') as string });
  expect(found.detail).toContain('1 machine that no run wakes any more, 120 MB');
});

it('both environments with machines are checked, and only docker-vm for its disk', () => {
  const ids = (env: 'vm' | 'docker-vm') => machineChecks(env, true).map(({ id }) => id);
  expect(ids('vm')).toEqual(
    ['qemu', 'image', 'accelerator', 'network', 'templates', 'machine'].map((n) => `vm-${n}`),
  );
  expect(ids('docker-vm')).toContain('docker-vm-disk');
});

it('a machine with Docker Engine is not booted unless it is asked for', async () => {
  const last = machineChecks('docker-vm', false).at(-1);
  const found = await last?.probe(new AbortController().signal);
  expect(found).toMatchObject({ state: 'warn', advice: 'npm run doctor -- --env docker-vm boots one' });
  expect(wantedFixes([])).toEqual([]);
});
