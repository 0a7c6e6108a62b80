/** What a run would have to build before its first trial: how large it is and how long it takes. Builds nothing. */
import { connectEngine } from '../../../environments/docker/engine.ts';
import { findImage } from '../../../environments/docker/image.ts';
import {
  dockerDiskCost,
  guestImageCost,
  guestImageStatus,
  type GuestImageStatus,
} from '../../../environments/guest/status.ts';
import { imageStatus, type BuildCost } from '../../../environments/image/status.ts';
import { bytes } from '../../../analysis/report/numbers.ts';
import type { EnvironmentName } from '../../foundation/cell.ts';

export interface PendingBuild {
  readonly what: string;
  readonly cost: BuildCost;
}

/** What there is; each is looked at only when an environment needs it. */
export interface Inventory {
  readonly rootfs: () => ReturnType<typeof imageStatus>;
  readonly guest: () => ReturnType<typeof guestImageStatus>;
  /** Whether the engine of this host has the image already. */
  readonly isInEngine: (signal: AbortSignal) => Promise<boolean>;
}

const thisHost: Inventory = {
  rootfs: () => imageStatus(),
  guest: () => guestImageStatus(),
  isInEngine: async (signal) => (await findImage(connectEngine(), signal)) !== null,
};

/** In the order in which they are built. What another process is building right now is waited for, not built. */
export async function pendingBuilds(
  environments: readonly EnvironmentName[],
  signal: AbortSignal,
  inventory: Inventory = thisHost,
): Promise<readonly PendingBuild[]> {
  const hasMachines = environments.some((name) => name === 'vm' || name === 'docker-vm');
  const guest = hasMachines ? await inventory.guest() : null;
  const isEngineEmpty = environments.includes('docker') && !(await inventory.isInEngine(signal));
  const isRootfsNeeded = isEngineEmpty || (guest?.kind === 'missing' && guest.rootfsMissing);
  const needsDisk = environments.includes('docker-vm');
  return [
    ...(isRootfsNeeded ? rootfsBuild(await inventory.rootfs()) : []),
    ...(guest === null ? [] : guestBuilds(guest, needsDisk)),
  ];
}

function rootfsBuild(status: Awaited<ReturnType<Inventory['rootfs']>>): PendingBuild[] {
  if (status.kind === 'present' || status.kind === 'building') return [];
  return [{ what: 'Debian root filesystem', cost: status.cost }];
}

function guestBuilds(status: GuestImageStatus, needsDisk: boolean): PendingBuild[] {
  const image = { what: 'guest image', cost: guestImageCost };
  const disk = { what: 'disk with Docker images for docker-vm', cost: dockerDiskCost };
  const isDiskThere = status.kind === 'present' && status.dockerDisk !== null;
  const isImageThere = status.kind === 'present' || status.kind === 'building';
  return [...(isImageThere ? [] : [image]), ...(needsDisk && !isDiskThere ? [disk] : [])];
}

/** `about 15 s, 1.3 GB of disk` */
export function costText({ seconds, downloadBytes, diskBytes }: BuildCost): string {
  const download = downloadBytes === 0 ? 'nothing to download' : `${bytes(downloadBytes)} to download`;
  return `about ${seconds} s, ${download}, ${bytes(diskBytes)} of disk`;
}
