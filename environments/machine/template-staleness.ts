/** Whether this version of the project would still wake a prepared machine on this host. Pure. */
import type { GuestImage } from '../guest/guest-image.ts';
import { translator } from './accelerator.ts';
import { qemuArguments } from './arguments.ts';
import { baseKernelParameters, type MachineNic, type MachineSpec, type NicBackend } from './machine-spec.ts';
import { neutralNic } from './machine-kind.ts';
import type { TemplateIngredients } from './template-store.ts';

export interface Circumstances {
  /** null while there is none: whatever is built next has another disk. */
  readonly image: Pick<GuestImage, 'key' | 'diskUuid' | 'kernel' | 'initrd'> | null;
  /** null when it is not known, which makes no template stale. */
  readonly qemuVersion: string | null;
}

/**
 * In words for the user; null = it may be woken again. Another accelerator makes none stale: whether KVM works changes
 * with the boot of the host. Neither does another size or network: these are up to the next experiment and user.
 */
export function whyStale(
  { imageKey, qemuVersion, machineArguments }: TemplateIngredients,
  { image, qemuVersion: present }: Circumstances,
): string | null {
  if (image === null) return 'its guest image is gone';
  if (imageKey !== `${image.key} ${image.diskUuid}`) return 'made from another guest image';
  if (present !== null && qemuVersion !== present) return `made with QEMU ${qemuVersion}`;
  const today = sameMachineToday(machineArguments, image);
  const isSame =
    today?.length === machineArguments.length && today.every((word, i) => word === machineArguments[i]);
  return isSame ? null : 'made by another version of this program, or for a cache in another place';
}

/** The command line this version writes for a machine of that size, role, disks and network; null for no machine. */
function sameMachineToday(
  recorded: readonly string[],
  { kernel, initrd }: Pick<GuestImage, 'kernel' | 'initrd'>,
): readonly string[] | null {
  const after = (flag: string) => recorded.flatMap((word, at) => (recorded[at - 1] === flag ? [word] : []));
  const parameters = after('-append')[0] ?? '';
  const nics = after('-netdev').map((word, index) => nicOfKind(word, after('-device'), index));
  if (!parameters.startsWith(baseKernelParameters) || nics.includes(null)) return null;
  const spec: MachineSpec = {
    ...{ name: 'template', serialLog: 'serial', sockets: { qmp: 'qmp', agent: 'agent' } },
    memoryBytes: Number.parseInt(after('-m')[0] ?? '', 10),
    vcpus: Number(after('-smp')[0]),
    accelerator: after('-accel')[0] === 'kvm' ? { kind: 'kvm' } : translator,
    ...{ ram: { path: 'ram', shared: true }, incoming: false, kernel, initrd },
    kernelParameters: parameters.slice(baseKernelParameters.length).trimStart(),
    disks: after('-drive').map((_, index) => ({
      path: `disk-${index}`,
      format: 'qcow2',
      id: `disk${index}`,
    })),
    nics: nics.flatMap((nic) => nic ?? []),
  };
  return qemuArguments(spec);
}

function nicOfKind(netdev: string, devices: readonly string[], index: number): MachineNic | null {
  const backend = backends[netdev.split(',')[0] ?? ''];
  const device = devices.find((word) => word.startsWith(`virtio-net-pci,netdev=net${index},`));
  const mac = /,mac=([0-9a-f:]+)/.exec(device ?? '')?.[1];
  return backend === undefined || mac === undefined ? null : neutralNic({ mac, backend });
}

const endpoint = { kind: 'multicast', group: '', port: 0, localAddress: '' } as const;

/** One of each kind; which does not matter. */
const backends: Readonly<Record<string, NicBackend>> = {
  tap: { kind: 'tap', link: '' },
  user: { kind: 'user', forwards: [] },
  socket: { kind: 'socket', endpoint },
};
