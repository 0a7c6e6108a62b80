/** Kinds of machines: role, size and disks. All machines of a kind can wake from one template. */
import path from 'node:path';
import type { BuildScope } from '../image/rootfs.ts';
import { qemuArguments } from './arguments.ts';
import type { BaseDisk } from './disk-overlay.ts';
import type { MachineHost } from './machine-host.ts';
import type { MachineOrigin } from './node-machine.ts';
import type { MachineNic, MachineSpec, NicBackend } from './machine-spec.ts';
import { ensureTemplate, type Template } from './template.ts';
import type { MachineNetwork } from './machine-network.ts';
import type { MachineShape } from './shape.ts';

/** What a machine is, but for names, places and addresses. */
export interface MachineKind {
  readonly role: string;
  readonly shape: MachineShape;
  readonly disks: readonly BaseDisk[];
  readonly kernelParameters: string;
}

export interface KindSetting {
  readonly runId: string;
  readonly host: MachineHost;
  readonly network: MachineNetwork;
  /** Host directory of the run's machines. */
  readonly directory: string;
  readonly bootTimeoutMs: number;
}

/** The machine of a kind, with what is not decided by it. */
export function machineSpec(
  { image, accelerator }: MachineHost,
  kind: MachineKind,
  own: Pick<MachineSpec, 'name' | 'nics' | 'serialLog'> & { readonly socketDir: string },
  origin: MachineOrigin,
): MachineSpec {
  return {
    ...{ name: own.name, nics: own.nics, serialLog: own.serialLog },
    ...kind.shape,
    accelerator: accelerator.accelerator,
    ...{ ram: origin.ram, incoming: origin.incoming },
    ...{ kernel: image.kernel, initrd: image.initrd },
    kernelParameters: `strata.role=${kind.role} ${kind.kernelParameters}`.trimEnd(),
    disks: origin.disks.map((disk, index) => ({ path: disk, format: 'qcow2', id: `disk${index}` })),
    sockets: { qmp: path.join(own.socketDir, 'qmp'), agent: path.join(own.socketDir, 'agent') },
  };
}

export async function templateOf(
  setting: KindSetting,
  kind: MachineKind,
  scope: BuildScope,
): Promise<Template> {
  const { runId, host, network, directory, bootTimeoutMs } = setting;
  await using attachments = await network.attach(1, scope.signal);
  const nics = attachments.list[0]?.nics ?? [];
  const socketDir = path.join(directory, `template-${kind.role}`);
  const name = `strata-${runId}-template-${kind.role}`;
  return await ensureTemplate(
    {
      ...{ runId, cacheDir: host.cacheDir, program: host.qemu.system.path, socketDir, bootTimeoutMs },
      baseDisks: kind.disks,
      ingredients: {
        imageKey: `${host.image.key} ${host.image.diskUuid}`,
        role: kind.role,
        qemuVersion: host.qemu.system.version,
        accelerator: `${host.accelerator.accelerator.kind} ${host.accelerator.cpuModel}`,
        machineArguments: neutralArguments(host, kind, nics),
      },
      specIn: (files) => {
        const serialLog = path.join(path.dirname(files.ram), 'serial.log');
        const origin = { ram: { path: files.ram, shared: true }, disks: files.disks, incoming: false };
        return machineSpec(host, kind, { name, nics, serialLog, socketDir }, origin);
      },
    },
    scope,
  );
}

/** Without what differs between two machines of a kind: names and places. */
function neutralArguments(host: MachineHost, kind: MachineKind, nics: MachineSpec['nics']): string[] {
  const own = { name: 'template', nics: nics.map(neutralNic), serialLog: 'serial', socketDir: '' };
  const disks = kind.disks.map((_, index) => `disk-${index}`);
  return qemuArguments(
    machineSpec(host, kind, own, { ram: { path: 'ram', shared: true }, disks, incoming: false }),
  );
}

/**
 * Without what differs between two runs: links, ports, addresses. The kind of the network stays: a machine cannot wake
 * with other cards than it was snapshotted with.
 */
export function neutralNic(nic: MachineNic): MachineNic {
  return { ...nic, backend: neutralBackend(nic.backend) };
}

function neutralBackend({ kind }: NicBackend): NicBackend {
  switch (kind) {
    case 'tap':
      return { kind, link: 'tap' };
    case 'user':
      return { kind, forwards: [] };
    case 'socket':
      return { kind, endpoint: { kind: 'multicast', group: 'group', port: 0, localAddress: '127.0.0.1' } };
  }
}
