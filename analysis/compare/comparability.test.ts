import { describe, expect, it } from 'vitest';
import { sampleManifest } from '../../results/store/records.fixture.ts';
import type { HostFacts } from '../../results/store/records.ts';
import { remarksOn, unlikenesses } from './comparability.ts';

const manifest = sampleManifest(1);
const on = (host: Partial<HostFacts>) => ({ ...manifest, host: { ...manifest.host, ...host } });
const of = (commit: string) => ({ ...manifest, commit });
const notOfOneTime = expect.stringContaining('at different times') as string;
const machines = (accelerator: string, cpuModel: string) => {
  return { ...manifest, environments: { vm: { accelerator, cpuModel, acceleratorReason: 'probe' } } };
};

describe('runs', () => {
  it('that are alike have nothing against them, and one remark: they are not of one time', () => {
    expect(unlikenesses([manifest, manifest])).toEqual([]);
    expect(remarksOn([manifest, manifest])).toEqual([notOfOneTime]);
  });

  it.each([
    [
      'accelerator',
      'accelerator: tcg (max) in A, kvm (host) in B',
      machines('tcg', 'max'),
      machines('kvm', 'host'),
    ],
    [
      'accelerator',
      'accelerator: tcg (old) in A, tcg (new) in B',
      machines('tcg', 'old'),
      machines('tcg', 'new'),
    ],
    ['host', 'host: name host in A, another in B', manifest, on({ hostname: 'another' })],
    ['host', 'host: CPU cpu in A, newer in B', manifest, on({ cpuModel: 'newer' })],
    ['host', 'host: cores 2 in A, 8 in B', manifest, on({ cpuCount: 8 })],
    ['host', 'host: memory 1 B in A, 32 GB in B', manifest, on({ memoryBytes: 32e9 })],
    ['host', 'host: kernel 6.1 in A, 6.2 in B', manifest, on({ kernel: '6.2' })],
    ['schema', 'schema: version 1 in A, 0 in B', manifest, { ...manifest, schemaVersion: 0 }],
    [
      'dirty',
      'dirty: A was made with uncommitted changes (abc-dirty), which nobody can get back',
      of('abc-dirty'),
      of('abc'),
    ],
  ])('that differ in %s are unlike: %s', (kind, text, a, b) => {
    expect(unlikenesses([a, b])).toEqual([{ kind, text }]);
  });

  it('are not unlike for what one of them has not, nor for memory that a kernel took at its boot', () => {
    expect(unlikenesses([machines('tcg', 'max'), manifest])).toEqual([]);
    expect(unlikenesses([on({ memoryBytes: 16.02e9 }), on({ memoryBytes: 16.03e9 })])).toEqual([]);
  });

  it('of more than two are told by what they share, and each is held against every other', () => {
    const texts = (...runs: Parameters<typeof unlikenesses>[0]) => unlikenesses(runs).map(({ text }) => text);
    expect(texts(manifest, on({ cpuCount: 8 }), manifest)).toEqual(['host: cores 2 in A and C, 8 in B']);
    expect(texts(manifest, machines('tcg', 'max'), machines('kvm', 'host'))).toEqual([
      'accelerator: tcg (max) in B, kvm (host) in C',
    ]);
    expect(texts(of('x-dirty'), of('x-dirty'))).toHaveLength(2);
  });

  it('that differ in what need not matter say so', () => {
    const remarks = remarksOn([
      of('abc'),
      { ...on({ nodeVersion: 'v24', bootId: 'second' }), commit: 'def' },
    ]);
    expect(remarks).toEqual([
      'strata itself differs: commit abc in A, def in B.',
      'The machine was booted anew between the runs.',
      'Node.js v20 in A, v24 in B.',
      notOfOneTime,
    ]);
  });
});
