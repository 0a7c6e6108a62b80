import { describe, expect, it } from 'vitest';
import { StrataError } from '../../harness/foundation/errors.ts';
import { guestImageCost, type GuestImageStatus } from '../guest/status.ts';
import { buildObstacles } from './preflight.ts';

const obstacle = (code: 'STRATA-E315' | 'STRATA-E331') => new StrataError({ code, message: 'x', fix: 'y' });
const missing = (rootfsMissing: boolean): GuestImageStatus => {
  return { kind: 'missing', cost: guestImageCost, rootfsMissing };
};

describe('what keeps a guest image from being built', () => {
  const find: Parameters<typeof buildObstacles>[1] = {
    rootfs: () => Promise.resolve(obstacle('STRATA-E315')),
    guest: () => Promise.resolve(obstacle('STRATA-E331')),
  };
  const nothing = () => Promise.resolve(null);
  const codes = async (status: GuestImageStatus, by = find) =>
    (await buildObstacles(status, by)).map(({ code }) => code);

  it('is all of what is missing, the root filesystem first', async () => {
    expect(await codes(missing(true))).toEqual(['STRATA-E315', 'STRATA-E331']);
  });

  it('is not what a root filesystem that is there was built with', async () => {
    expect(await codes(missing(false))).toEqual(['STRATA-E331']);
    expect(await codes(missing(false), { rootfs: nothing, guest: nothing })).toEqual([]);
  });

  it('is nothing where there is an image', async () => {
    expect(await codes({ kind: 'present' } as GuestImageStatus)).toEqual([]);
  });
});
