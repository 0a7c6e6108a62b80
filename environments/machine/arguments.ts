/**
 * A machine's specification as QEMU's arguments. Pure: a template and its clones must agree in every device for a
 * snapshot to load, so there is one place that names them and nothing in it depends on the host.
 */
import {
  baseKernelParameters,
  type Accelerator,
  type MachineDisk,
  type MachineNic,
  type MachineSpec,
  type NicBackend,
} from './machine-spec.ts';

/** Id of the network back end of a card, as in `set_link`, filters and `hostfwd_add`. */
export function netdevId(nicIndex: number): string {
  return `net${nicIndex}`;
}

/** Without the program's name. */
export function qemuArguments(spec: MachineSpec): string[] {
  return [
    ...['-name', option(spec.name)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-machine', 'q35,memory-backend=ram,vmport=off,smbus=off,sata=off,hpet=off'],
    ...acceleratorArguments(spec.accelerator),
    ...['-smp', `${spec.vcpus}`],
    ...memoryArguments(spec),
    // These three are taken as they are, commas and all.
    ...['-kernel', spec.kernel],
    ...['-initrd', spec.initrd],
    ...['-append', `${baseKernelParameters} ${spec.kernelParameters}`.trimEnd()],
    ...spec.disks.flatMap(diskArguments),
    ...spec.nics.flatMap(nicArguments),
    ...lineArguments(spec),
    // Tells a guest that wakes from a snapshot to stir its random numbers.
    ...['-device', 'vmgenid,guid=auto'],
    ...(spec.incoming ? ['-incoming', 'defer'] : []),
  ];
}

/** A value inside a list of `key=value`, where a comma is written twice. */
function option(value: string): string {
  return value.replaceAll(',', ',,');
}

function acceleratorArguments(accelerator: Accelerator): string[] {
  if (accelerator.kind === 'kvm') return ['-accel', 'kvm', '-cpu', 'host'];
  const { translationBufferMiB, cpuModel } = accelerator;
  return ['-accel', `tcg,thread=multi,tb-size=${translationBufferMiB}`, '-cpu', cpuModel];
}

function memoryArguments({ memoryBytes, ram }: MachineSpec): string[] {
  const share = ram.shared ? 'on' : 'off';
  return [
    ...['-m', `${memoryBytes}B`],
    ...[
      '-object',
      `memory-backend-file,id=ram,size=${memoryBytes},mem-path=${option(ram.path)},share=${share}`,
    ],
  ];
}

/**
 * A write that fails (a full disk under an overlay) stops the machine and is told as BLOCK_IO_ERROR. `report` would
 * hand the error to the guest, which goes on with a read-only or damaged file system, and a trial would measure that;
 * stopped, nothing of the guest has seen it, and a template in that state never becomes ready to be snapshotted.
 */
function diskArguments({ id, path, format }: MachineDisk): string[] {
  return [
    ...['-drive', `if=none,id=${id},format=${format},cache=writeback,file=${option(path)}`],
    ...['-device', `virtio-blk-pci,drive=${id},werror=stop,rerror=stop`],
  ];
}

/** Without the card's boot ROM: the kernel is given, nothing boots from the network. */
function nicArguments({ mac, backend }: MachineNic, index: number): string[] {
  const id = netdevId(index);
  return [
    ...['-netdev', netdev(id, backend)],
    ...['-device', `virtio-net-pci,netdev=${id},mac=${mac},romfile=`],
  ];
}

function netdev(id: string, backend: NicBackend): string {
  switch (backend.kind) {
    case 'tap':
      return `tap,id=${id},ifname=${option(backend.link)},script=no,downscript=no`;
    // `restrict`: nothing of the guest leaves this host, and nothing comes in but what is forwarded.
    case 'user': {
      const forwards = backend.forwards.map(
        ({ hostPort, guestPort }) => `,hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`,
      );
      return `user,id=${id},restrict=on,ipv6=off${forwards.join('')}`;
    }
    case 'socket': {
      const { endpoint } = backend;
      return endpoint.kind === 'multicast'
        ? `socket,id=${id},mcast=${endpoint.group}:${endpoint.port},localaddr=${endpoint.localAddress}`
        : `stream,id=${id},server=${endpoint.listen ? 'on' : 'off'},addr.type=unix,addr.path=${option(endpoint.path)}`;
    }
  }
}

/** To the machine (QMP), to the guest's init (port `strata`), from the guest's console. */
function lineArguments({ sockets, serialLog }: MachineSpec): string[] {
  return [
    ...['-chardev', listener('qmp', sockets.qmp), '-mon', 'chardev=qmp,mode=control'],
    ...['-chardev', listener('agent', sockets.agent), '-device', 'virtio-serial-pci'],
    ...['-device', 'virtserialport,chardev=agent,name=strata'],
    ...['-chardev', `file,id=serial,path=${option(serialLog)}`, '-serial', 'chardev:serial'],
  ];
}

function listener(id: string, path: string): string {
  return `socket,id=${id},server=on,wait=off,path=${option(path)}`;
}
