import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qemuArguments } from './arguments.ts';
import type { MachineSpec, NicBackend } from './machine-spec.ts';

const spec: MachineSpec = {
  name: 'strata-r1-t0001-store',
  memoryBytes: 512 * 1024 * 1024,
  vcpus: 1,
  accelerator: { kind: 'tcg', cpuModel: 'qemu64,-cx16', translationBufferMiB: 256 },
  ram: { path: '/run/t/ram', shared: true },
  kernel: '/cache/vmlinuz',
  initrd: '/cache/initrd',
  kernelParameters: 'strata.role=node',
  disks: [{ path: '/run/t/root.qcow2', format: 'qcow2', id: 'root' }],
  nics: [{ mac: '02:00:00:00:00:01', backend: { kind: 'tap', link: 'strata12ab34-1' } }],
  sockets: { qmp: '/run/t/qmp', agent: '/run/t/agent' },
  serialLog: '/log/serial.log',
  incoming: false,
};

/** What follows each occurrence of a flag. */
function after(flag: string, args: readonly string[]): string[] {
  return args.flatMap((arg, index) => (arg === flag ? [args[index + 1] ?? ''] : []));
}

const without = (left: readonly string[], right: readonly string[]) =>
  left.filter((arg) => !right.includes(arg));

describe('the arguments of a machine', () => {
  it('are these, for one that boots from nothing under TCG', () => {
    expect(
      qemuArguments(spec)
        .join(' ')
        .split(/ (?=-[a-z])/),
    ).toEqual([
      '-name strata-r1-t0001-store',
      '-nodefaults',
      '-no-user-config',
      '-display none',
      '-no-reboot',
      '-machine q35,memory-backend=ram,vmport=off,smbus=off,sata=off,hpet=off',
      '-accel tcg,thread=multi,tb-size=256',
      '-cpu qemu64,-cx16',
      '-smp 1',
      '-m 536870912B',
      '-object memory-backend-file,id=ram,size=536870912,mem-path=/run/t/ram,share=on',
      '-kernel /cache/vmlinuz',
      '-initrd /cache/initrd',
      '-append quiet panic=-1 net.ifnames=0 console=ttyS0 strata.role=node',
      '-drive if=none,id=root,format=qcow2,cache=writeback,file=/run/t/root.qcow2',
      '-device virtio-blk-pci,drive=root,werror=stop,rerror=stop',
      '-netdev tap,id=net0,ifname=strata12ab34-1,script=no,downscript=no',
      '-device virtio-net-pci,netdev=net0,mac=02:00:00:00:00:01,romfile=',
      '-chardev socket,id=qmp,server=on,wait=off,path=/run/t/qmp',
      '-mon chardev=qmp,mode=control',
      '-chardev socket,id=agent,server=on,wait=off,path=/run/t/agent',
      '-device virtio-serial-pci',
      '-device virtserialport,chardev=agent,name=strata',
      '-chardev file,id=serial,path=/log/serial.log',
      '-serial chardev:serial',
      '-device vmgenid,guid=auto',
    ]);
  });

  it('of a clone differ in nothing but: its memory is private and it waits for a snapshot', () => {
    const template = qemuArguments(spec);
    const clone = qemuArguments({ ...spec, ram: { path: '/run/t/ram', shared: false }, incoming: true });
    expect(without(template, clone)).toEqual([
      'memory-backend-file,id=ram,size=536870912,mem-path=/run/t/ram,share=on',
    ]);
    expect(without(clone, template)).toEqual([
      'memory-backend-file,id=ram,size=536870912,mem-path=/run/t/ram,share=off',
      '-incoming',
      'defer',
    ]);
  });

  it('under KVM pass the processor of the host on', () => {
    const args = qemuArguments({ ...spec, accelerator: { kind: 'kvm' } });
    expect([after('-accel', args), after('-cpu', args)]).toEqual([['kvm'], ['host']]);
  });

  it.each<[string, NicBackend, string]>([
    [
      'a network of its own with ports that lead in from loopback only',
      {
        kind: 'user',
        forwards: [
          { hostPort: 40022, guestPort: 22 },
          { hostPort: 40306, guestPort: 3306 },
        ],
      },
      'user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:40022-:22,hostfwd=tcp:127.0.0.1:40306-:3306',
    ],
    [
      'a network of its own with no way in or out',
      { kind: 'user', forwards: [] },
      'user,id=net0,restrict=on,ipv6=off',
    ],
    [
      'a multicast group that does not leave the host',
      {
        kind: 'socket',
        endpoint: { kind: 'multicast', group: '230.0.0.1', port: 4000, localAddress: '127.0.0.1' },
      },
      'socket,id=net0,mcast=230.0.0.1:4000,localaddr=127.0.0.1',
    ],
    [
      'one end of a stream',
      { kind: 'socket', endpoint: { kind: 'stream', path: '/run/hub', listen: false } },
      'stream,id=net0,server=off,addr.type=unix,addr.path=/run/hub',
    ],
  ])('can plug a card into %s', (_what, backend, expected) => {
    const args = qemuArguments({ ...spec, nics: [{ mac: '02:00:00:00:00:01', backend }] });
    expect(after('-netdev', args)).toEqual([expected]);
  });

  it('name cards in their order, so that eth0 is the first', () => {
    const nics = ['02:00:00:00:00:01', '02:00:00:00:00:02'].map((mac) => ({
      mac,
      backend: { kind: 'user', forwards: [] } as const,
    }));
    expect(after('-device', qemuArguments({ ...spec, nics })).filter((arg) => arg.includes('mac='))).toEqual([
      'virtio-net-pci,netdev=net0,mac=02:00:00:00:00:01,romfile=',
      'virtio-net-pci,netdev=net1,mac=02:00:00:00:00:02,romfile=',
    ]);
  });
});

/** QEMU's reading of `key=value,…`: two commas are one in a value, a single one ends it. */
function optionsOf(text: string): Map<string, string> {
  const options = new Map<string, string>();
  for (const [pair] of text.matchAll(/(?:[^,]|,,)+/g)) {
    const equals = pair.indexOf('=');
    options.set(pair.slice(0, equals), pair.slice(equals + 1).replaceAll(',,', ','));
  }
  return options;
}

describe('names and paths', () => {
  it('arrive as they are, whatever commas, spaces and other letters they hold', () => {
    const file = fc
      .string({
        unit: fc.oneof(
          fc.constantFrom(',', ' ', '=', ':', "'", 'ü'),
          fc.string({ minLength: 1, maxLength: 1 }),
        ),
      })
      .filter((text) => !text.includes('\0'))
      .map((text) => `/${text}`);
    const paths = fc.record({
      ram: file,
      disk: file,
      qmp: file,
      agent: file,
      serialLog: file,
      kernel: file,
      initrd: file,
    });
    fc.assert(
      fc.property(paths, ({ ram, disk, qmp, agent, serialLog, kernel, initrd }) => {
        const args = qemuArguments({
          ...{ ...spec, kernel, initrd, serialLog },
          ram: { path: ram, shared: true },
          disks: [{ path: disk, format: 'raw', id: 'root' }],
          sockets: { qmp, agent },
        });
        const read = (flag: string, key: string) => after(flag, args).map((text) => optionsOf(text).get(key));
        expect({
          ram: read('-object', 'mem-path'),
          disk: read('-drive', 'file'),
          lines: read('-chardev', 'path'),
          kernel: after('-kernel', args),
          initrd: after('-initrd', args),
        }).toEqual({
          ram: [ram],
          disk: [disk],
          lines: [qmp, agent, serialLog],
          kernel: [kernel],
          initrd: [initrd],
        });
      }),
    );
  });
});
