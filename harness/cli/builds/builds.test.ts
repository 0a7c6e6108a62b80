import { describe, expect, it } from 'vitest';
import { guestImageCost, type GuestImageStatus } from '../../../environments/guest/status.ts';
import { agreeToBuilds, type Agreement } from './agree-to-builds.ts';
import { pendingBuilds, type Inventory } from './pending-builds.ts';

const cost = { seconds: 60, downloadBytes: 300e6, diskBytes: 2.5e9 };
const { signal } = new AbortController();
const unasked = () => Promise.reject(new Error('nobody needs it'));
const missing: GuestImageStatus = { kind: 'missing', cost: guestImageCost, rootfsMissing: true };
const present = { kind: 'present', dockerDisk: null } as GuestImageStatus;

function inventory(changes: Partial<Inventory>): Inventory {
  return { rootfs: unasked, guest: unasked, isInEngine: unasked, ...changes };
}
const noRootfs: Inventory['rootfs'] = () => Promise.resolve({ kind: 'missing', key: 'k', cost });

describe('what a run builds first', () => {
  const builds = async (environments: Parameters<typeof pendingBuilds>[0], changes: Partial<Inventory>) =>
    (await pendingBuilds(environments, signal, inventory(changes))).map(({ what }) => what);
  const guest = (status: GuestImageStatus) => () => Promise.resolve(status);

  it('is nothing, and nothing is looked at, for host processes', async () => {
    expect(await builds(['process'], {})).toEqual([]);
  });

  it('is all that machines stand on, once, in the order in which it is built', async () => {
    expect(await builds(['vm', 'docker-vm'], { rootfs: noRootfs, guest: guest(missing) })).toEqual([
      'Debian root filesystem',
      'guest image',
      'disk with Docker images for docker-vm',
    ]);
    expect(await builds(['vm'], { guest: guest({ ...missing, rootfsMissing: false }) })).toEqual([
      'guest image',
    ]);
  });

  it('is the disk alone where there is an image, and only for docker-vm', async () => {
    const whole = { ...present, dockerDisk: {} } as GuestImageStatus;
    expect(await builds(['vm'], { guest: guest(present) })).toEqual([]);
    expect(await builds(['docker-vm'], { guest: guest(whole) })).toEqual([]);
    expect(await builds(['docker-vm'], { guest: guest(present) })).toEqual([
      'disk with Docker images for docker-vm',
    ]);
  });

  it('is the root filesystem for containers, unless the engine has it', async () => {
    expect(await builds(['docker'], { isInEngine: () => Promise.resolve(true) })).toEqual([]);
    expect(await builds(['docker'], { isInEngine: () => Promise.resolve(false), rootfs: noRootfs })).toEqual([
      'Debian root filesystem',
    ]);
  });
});

describe('before building', () => {
  const pending = [{ what: 'guest image', cost: guestImageCost }];
  const session = (answer: boolean | null, changes: Partial<Agreement> = {}) => {
    const said: string[] = [];
    const asked: string[] = [];
    const agreement: Agreement = {
      ...{ isAgreed: false, isInteractive: true, columns: 110, say: (line) => said.push(line) },
      ask: (text) => {
        asked.push(text);
        return answer === null ? unasked() : Promise.resolve(answer);
      },
      ...changes,
    };
    return { said, asked, done: agreeToBuilds(pending, agreement) };
  };

  it('it is said what, how large and how long, and asked on a terminal', async () => {
    const { said, asked, done } = session(true);
    await done;
    expect(said[1]).toBe('  guest image: about 15 s, nothing to download, 1.3 GB of disk');
    expect(asked).toEqual(['Build it now?']);
  });

  it.each([[{ isAgreed: true }], [{ isInteractive: false }]])('nobody is asked with %j', async (changes) => {
    const { said, asked, done } = session(null, changes);
    await done;
    expect([said.length, asked]).toEqual([3, []]);
  });

  it('a no ends the run as a machine that is not ready', async () => {
    await expect(session(false).done).rejects.toMatchObject({ code: 'STRATA-E383', exitCode: 3 });
  });
});
