/** What machines are made of: the guest image, the disk with Docker images, and machines prepared from them. */
import { bytes, counted } from '../../../analysis/report/numbers.ts';
import {
  dockerDiskCost,
  guestImageCost,
  guestImageStatus,
  type GuestImageStatus,
} from '../../../environments/guest/status.ts';
import { allocatedBytes } from '../../../environments/guest/disk-image.ts';
import { findGuestObstacle } from '../../../environments/guest/prerequisites.ts';
import { buildObstacles } from '../../../environments/machine/preflight.ts';
import {
  preparedMachines,
  presentCircumstances,
  type PreparedMachine,
} from '../../../environments/machine/template-status.ts';
import { causeChain, type StrataError } from '../../foundation/errors.ts';
import { costText } from '../builds/pending-builds.ts';
import { failure, passed, type Finding } from './check.ts';
import type { FixId } from './fixes.ts';

export async function probeGuestImage(): Promise<Finding> {
  const status = await guestImageStatus();
  return guestImageFinding(status, await buildObstacles(status));
}

/** What is missing is no failure where a run can build it. */
export function guestImageFinding(status: GuestImageStatus, obstacles: readonly StrataError[]): Finding {
  if (status.kind === 'present') {
    const { sizeBytes, kernelRelease, dir } = status.image;
    return passed(`Linux ${kernelRelease}, ${bytes(sizeBytes)} in ${dir}`);
  }
  if (status.kind === 'building') {
    const { owner } = status;
    const detail = `is being built by process ${owner.process.pid} since ${owner.sinceIso}`;
    return { state: 'warn', detail, advice: 'wait: a run waits for it too', fixes: [] };
  }
  const isRootfsMissing = status.kind === 'missing' && status.rootfsMissing;
  const builds: readonly FixId[] = [
    ...(isRootfsMissing ? (['build-image'] as const) : []),
    'build-guest-image',
  ];
  if (obstacles.length > 0) return obstructed(obstacles, builds);
  const before = isRootfsMissing ? '; the root filesystem before it, about 60 s and 300 MB to download' : '';
  const resumed =
    status.kind === 'stale-lock' ? ' (a build of it died; the next one goes on with what is complete)' : '';
  return {
    state: 'warn',
    detail: `not built yet${resumed}; the first run builds it: ${costText(guestImageCost)}${before}`,
    advice: 'build it now, so that the first run need not',
    fixes: builds,
  };
}

/** What cures what keeps an image from being built. */
function curesOf({ code, cause }: StrataError): readonly FixId[] {
  if (code === 'STRATA-E315') return ['install-mmdebstrap'];
  if (code === 'STRATA-E331') return ['install-guest-tools'];
  return /new[ug]idmap/.test(causeChain(cause).join(' ')) ? ['install-uidmap'] : [];
}

function obstructed(obstacles: readonly StrataError[], builds: readonly FixId[]): Finding {
  const found = obstacles.map((obstacle) => failure(obstacle));
  const cures = obstacles.map(curesOf);
  const isCurable = cures.every((ids) => ids.length > 0);
  return {
    state: 'fail',
    detail: found.map(({ detail }) => detail).join('; '),
    advice: [...new Set(found.map(({ advice }) => advice))].join('; '),
    fixes: [...cures.flat(), ...(isCurable ? builds : [])],
  };
}

export async function probeDockerDisk(): Promise<Finding> {
  const status = await guestImageStatus();
  const disk = status.kind === 'present' ? status.dockerDisk : null;
  if (disk !== null) return passed(`${bytes(allocatedBytes(disk.path))} in ${disk.path}`);
  if (status.kind === 'present') {
    const obstacle = await findGuestObstacle();
    if (obstacle !== null) return obstructed([obstacle], ['build-docker-disk']);
  } else {
    const obstacles = await buildObstacles(status);
    const { fixes } = obstructed(obstacles, ['build-docker-disk']);
    // Why was said of the guest image.
    if (obstacles.length > 0)
      return { state: 'fail', detail: 'cannot be built before the guest image', advice: null, fixes };
  }
  return {
    state: 'warn',
    detail: `not built yet; the first run builds it: ${costText(dockerDiskCost)}`,
    advice: 'build it now, so that the first run need not',
    fixes: ['build-docker-disk'],
  };
}

export async function probeTemplates(roles: ReadonlySet<string>, signal: AbortSignal): Promise<Finding> {
  const all = await preparedMachines(await presentCircumstances(signal));
  return templatesFinding(all.filter(({ role, stale }) => stale !== null || roles.has(role ?? '')));
}

/** None is no lack: the first trial of a kind prepares its machine. */
export function templatesFinding(machines: readonly PreparedMachine[]): Finding {
  const size = (some: readonly PreparedMachine[]) =>
    bytes(some.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0));
  const ready = machines.filter(({ stale }) => stale === null);
  const stale = machines.filter(({ stale: reason }) => reason !== null);
  const here =
    ready.length === 0
      ? 'none yet; a run prepares what it wakes'
      : `${counted(ready.length, 'machine')} ready to wake, ${size(ready)}`;
  if (stale.length === 0) return passed(here);
  return {
    ...passed(`${here}; ${counted(stale.length, 'machine')} that no run wakes any more, ${size(stale)}`),
    advice: 'npm run clean -- --all removes these',
  };
}
