/** Whether machines can be started here, found out by trying: programs, network, image. */
import { StrataError } from '../../harness/foundation/errors.ts';
import { findGuestObstacle } from '../guest/prerequisites.ts';
import { guestImageStatus, type GuestImageStatus } from '../guest/status.ts';
import { findMissingTool } from '../image/prerequisites.ts';
import { probeMachineNetwork } from './network-probe.ts';
import { findQemu } from './qemu-version.ts';

/**
 * Throws E320 for QEMU, E307 and E340–E348 for the network; E315, E316, E331 and E339 when an image is missing and
 * cannot be built. Machines need no root.
 */
export async function preflightMachines(signal: AbortSignal): Promise<void> {
  await findQemu(signal);
  const [obstacle] = await buildObstacles(await guestImageStatus());
  if (obstacle !== undefined) throw obstacle;
  await probeMachineNetwork(signal);
}

/** The same for machines with containers in them: these are reached over a route of this host (E321 without root). */
export async function preflightRoutedMachines(signal: AbortSignal, uid = process.getuid?.()): Promise<void> {
  if (uid !== 0) throw routesNeedRoot(uid);
  await preflightMachines(signal);
  const status = await guestImageStatus();
  if (status.kind !== 'present' || status.dockerDisk !== null) return;
  const obstacle = await findGuestObstacle();
  if (obstacle !== null) throw obstacle;
}

/** What keeps the guest image, or the root filesystem it is made from, from being built; nothing when it is there. */
export async function buildObstacles(
  status: GuestImageStatus,
  find = { rootfs: () => findMissingTool(), guest: () => findGuestObstacle() },
): Promise<readonly StrataError[]> {
  if (status.kind === 'present') return [];
  const isRootfsMissing = status.kind === 'missing' && status.rootfsMissing;
  const found = [isRootfsMissing ? await find.rootfs() : null, await find.guest()];
  return found.flatMap((obstacle) => obstacle ?? []);
}

export function routesNeedRoot(uid = process.getuid?.()): StrataError {
  return new StrataError({
    code: 'STRATA-E321',
    message: `docker-vm needs root: the containers in its machine are reached over a route of this host, which only root may set (this process has uid ${uid ?? 'unknown'})`,
    fix: 'sudo -E npm run bench -- --env docker-vm; or take --env vm, which needs no root',
  });
}
