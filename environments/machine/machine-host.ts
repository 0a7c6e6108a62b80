/**
 * What all machines of a run stand on: QEMU, the guest image and the accelerator, found out once. Shared by the
 * environments `vm` and `docker-vm`.
 */
import { ensureGuestImage, type GuestImage } from '../guest/guest-image.ts';
import { cacheDir } from '../image/cache.ts';
import type { EnvironmentFacts, RunScope } from '../environment.ts';
import { chooseAccelerator, type AcceleratorChoice } from './accelerator.ts';
import { findQemu, type Qemu } from './qemu-version.ts';

export interface MachineHost {
  readonly qemu: Qemu;
  readonly image: GuestImage;
  readonly accelerator: AcceleratorChoice;
  readonly cacheDir: string;
}

export async function openMachineHost(scope: RunScope): Promise<MachineHost> {
  const { signal, progress } = scope;
  const qemu = await findQemu(signal);
  const image = await ensureGuestImage(scope);
  const { kernel, initrd } = image;
  const directory = cacheDir();
  const accelerator = await chooseAccelerator({
    kernel,
    initrd,
    signal,
    progress,
    cacheDir: directory,
    qemu,
  });
  return { qemu, image, accelerator, cacheDir: directory };
}

/** For the manifest. */
export function hostFacts({ qemu, image, accelerator }: MachineHost): EnvironmentFacts {
  return {
    accelerator: accelerator.accelerator.kind,
    acceleratorReason: accelerator.reason,
    cpuModel: accelerator.cpuModel,
    qemuVersion: qemu.system.version,
    guestImageKey: image.key,
    guestKernel: image.kernelRelease,
    imageKey: image.rootfs.key,
  };
}
