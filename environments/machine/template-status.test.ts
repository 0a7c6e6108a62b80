import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownIdentity } from '../process-identity.ts';
import { translator } from './accelerator.ts';
import { qemuArguments } from './arguments.ts';
import { neutralNic } from './machine-kind.ts';
import type { MachineNic, MachineSpec } from './machine-spec.ts';
import { whyStale, type Circumstances } from './template-staleness.ts';
import { preparedMachines, removeStaleTemplates } from './template-status.ts';
import type { TemplateIngredients } from './template-store.ts';

const image = { key: 'abc', diskUuid: 'u1', kernel: '/cache/vmlinuz', initrd: '/cache/initrd' };
const now: Circumstances = { image, qemuVersion: '7.2.22' };

const cards: MachineNic[] = [
  { mac: '02:00:00:00:00:01', backend: { kind: 'user', forwards: [{ hostPort: 20_000, guestPort: 22 }] } },
  {
    mac: '02:00:00:00:00:02',
    backend: {
      kind: 'socket',
      endpoint: { kind: 'multicast', group: '230.0.0.1', port: 4000, localAddress: '127.0.0.1' },
    },
  },
];
const tap: MachineNic = { mac: '02:00:00:00:00:01', backend: { kind: 'tap', link: 'strata1-0' } };

function ingredientsOf(changes: Partial<MachineSpec> = {}): TemplateIngredients {
  const spec: MachineSpec = {
    ...{ name: 'template', memoryBytes: 512 * 2 ** 20, vcpus: 1, accelerator: translator },
    ...{ ram: { path: 'ram', shared: true }, kernel: image.kernel, initrd: image.initrd },
    kernelParameters: 'strata.role=plain',
    disks: [{ path: 'disk-0', format: 'qcow2', id: 'disk0' }],
    nics: [tap].map(neutralNic),
    ...{ sockets: { qmp: 'qmp', agent: 'agent' }, serialLog: 'serial', incoming: false, ...changes },
  };
  const machineArguments = qemuArguments(spec);
  return { imageKey: 'abc u1', role: 'plain', qemuVersion: '7.2.22', accelerator: 'tcg', machineArguments };
}

describe('a prepared machine', () => {
  it('may be woken again by an experiment of any size, role and network', () => {
    const two = [0, 1].map((n) => ({ path: `disk-${n}`, format: 'qcow2' as const, id: `disk${n}` }));
    const kinds: Partial<MachineSpec>[] = [
      {},
      { memoryBytes: 4096 * 2 ** 20, vcpus: 2 },
      { kernelParameters: 'strata.role=docker strata.mount=vdb:/var/lib/docker', disks: two },
      { nics: cards.map(neutralNic) },
      { accelerator: { kind: 'kvm' } },
    ];
    for (const kind of kinds) expect(whyStale(ingredientsOf(kind), now)).toBeNull();
  });

  it('is stale when what it was made from is not what is here', () => {
    const reasonOf = (changes: Partial<Circumstances>) => whyStale(ingredientsOf(), { ...now, ...changes });
    expect(reasonOf({ image: { ...image, diskUuid: 'u2' } })).toBe('made from another guest image');
    expect(reasonOf({ image: { ...image, key: 'abd' } })).toBe('made from another guest image');
    expect(reasonOf({ image: null })).toBe('its guest image is gone');
    expect(reasonOf({ qemuVersion: '10.0.2' })).toBe('made with QEMU 7.2.22');
    expect(reasonOf({ qemuVersion: null })).toBeNull();
  });

  it.each<[string, (words: string[]) => string[]]>([
    ['another device', (words) => [...words, '-device', 'virtio-rng-pci']],
    ['another CPU model', (words) => words.map((word) => (word === translator.cpuModel ? 'max' : word))],
    ['another place of its kernel', (words) => words.map((word) => word.replace('/cache/', '/elsewhere/'))],
    ['another kind of network', (words) => words.map((word) => word.replace(/^tap,/, 'vhost,'))],
    ['no command line', () => []],
  ])('is stale when this version would not start it so: %s', (_, change) => {
    const { machineArguments, ...rest } = ingredientsOf();
    const stale = whyStale({ ...rest, machineArguments: change([...machineArguments]) }, now);
    expect(stale).toContain('made by another version of this program');
  });
});

describe('the cache of prepared machines', () => {
  const deadPid = 2 ** 22 - 1;
  const lockOf = (pid: number) =>
    JSON.stringify({ process: { ...ownIdentity(), pid }, sinceIso: '2024-01-01T00:00:00Z' });
  const draft = '.lock.01234567-0123-0123-0123-0123456789ab';
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'template cache '));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const store = async (key: string, record: unknown) => {
    const directory = path.join(dir, `template-${key}`);
    await mkdir(directory);
    await writeFile(path.join(directory, 'ram'), 'x'.repeat(5000));
    await writeFile(path.join(directory, 'template.json'), JSON.stringify(record));
  };

  it('tells of each its role, its size and whether it is of use', async () => {
    await store('000000000001', { ingredients: ingredientsOf() });
    await store('000000000002', { ingredients: { ...ingredientsOf(), imageKey: 'old u0' } });
    await store('000000000003', 'nonsense');
    const found = await preparedMachines(now, dir);
    expect(found.map(({ role, stale }) => [role, stale])).toEqual([
      ['plain', null],
      ['plain', 'made from another guest image'],
      [null, 'has no readable record'],
    ]);
    expect(found.every(({ sizeBytes }) => sizeBytes >= 5000)).toBe(true);
  });

  it('loses what is stale and what dead builders left, and keeps what a live one holds', async () => {
    await store('00000000000a', { ingredients: ingredientsOf() });
    await store('00000000000b', { ingredients: { ...ingredientsOf(), qemuVersion: '6.0.0' } });
    await store('00000000000c', { ingredients: { ...ingredientsOf(), qemuVersion: '6.0.0' } });
    await writeFile(path.join(dir, 'template-00000000000c.lock'), lockOf(process.pid));
    await writeFile(path.join(dir, 'template-00000000000d.lock'), lockOf(deadPid));
    await writeFile(path.join(dir, `template-00000000000c${draft}`), lockOf(process.pid));
    await writeFile(path.join(dir, `template-00000000000d${draft}`), lockOf(deadPid));
    await mkdir(path.join(dir, `template-00000000000e.${deadPid}.partial`));
    await mkdir(path.join(dir, `template-00000000000f.${process.pid}.partial`));
    await mkdir(path.join(dir, 'guest-00000000000a'));

    const removed = await removeStaleTemplates(now, dir);
    expect(removed.map((gone) => path.basename(gone.path)).sort()).toEqual([
      'template-00000000000b',
      'template-00000000000d.lock',
      `template-00000000000d${draft}`,
      `template-00000000000e.${deadPid}.partial`,
    ]);
    expect(removed.every((gone) => !existsSync(gone.path))).toBe(true);
    expect((await readdir(dir)).sort()).toEqual([
      'guest-00000000000a',
      'template-00000000000a',
      'template-00000000000c',
      'template-00000000000c.lock',
      `template-00000000000c${draft}`,
      `template-00000000000f.${process.pid}.partial`,
    ]);
  });
});
