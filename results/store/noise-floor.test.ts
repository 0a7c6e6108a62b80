import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { floorFor, machineOf, readNoiseFloors, storeNoiseFloors, type NoiseFloor } from './noise-floor.ts';
import { sampleManifest } from './records.fixture.ts';

const floors = [
  { trials: 5, ratio: 1.08 },
  { trials: 20, ratio: 1.03 },
];
const floor = (changes: Partial<NoiseFloor> = {}): NoiseFloor => ({
  ...{ runId: '20260101-000000-aaaa', startedAtIso: '2026-01-01T00:00:00Z', machine: 'm', env: 'process' },
  ...{ cellKey: 'x', metric: 'throughput', floors },
  ...changes,
});
const asked = { machine: 'm', env: 'process', metric: 'throughput' } as const;

describe('the floor for a comparison', () => {
  it('is that of the largest number of trials which is not more', () => {
    expect(floorFor([floor()], { ...asked, trials: 10 })).toMatchObject({ ratio: 1.08, trials: 5 });
    expect(floorFor([floor()], { ...asked, trials: 30 })).toMatchObject({ ratio: 1.03, trials: 20 });
    expect(floorFor([floor()], { ...asked, trials: 4 })).toBeNull();
  });

  it('is the widest over the cells of the latest run', () => {
    const wide = floor({ cellKey: 'y', floors: [{ trials: 5, ratio: 1.2 }] });
    const later = floor({ runId: '20260202-000000-bbbb', floors: [{ trials: 5, ratio: 1.01 }] });
    expect(floorFor([floor(), wide], { ...asked, trials: 5 })?.ratio).toBe(1.2);
    expect(floorFor([floor(), wide, later], { ...asked, trials: 5 })).toMatchObject({
      ratio: 1.01,
      runId: '20260202-000000-bbbb',
    });
  });

  it('is never one of another machine, environment or figure', () => {
    const others = [floor({ machine: 'n' }), floor({ env: 'docker' }), floor({ metric: 'p50' })];
    expect(floorFor(others, { ...asked, trials: 20 })).toBeNull();
  });
});

it('a machine is its processor, its cores and the accelerator of the environment', () => {
  const manifest = {
    ...sampleManifest(1),
    environments: { process: {}, vm: { accelerator: 'tcg', cpuModel: 'max', acceleratorReason: 'none' } },
  };
  expect(machineOf(manifest, 'process')).toBe('cpu, 2 cores');
  expect(machineOf(manifest, 'vm')).toBe('cpu, 2 cores, tcg max');
});

describe('the file', () => {
  it('keeps what other runs found, and one entry a run however often it is reported', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'strata floors é-'));
    try {
      expect(await readNoiseFloors(dir)).toEqual([]);
      await storeNoiseFloors(dir, 'one', [floor({ runId: 'one' })]);
      await storeNoiseFloors(dir, 'two', [floor({ runId: 'two' })]);
      await storeNoiseFloors(dir, 'one', [floor({ runId: 'one' })]);
      expect((await readNoiseFloors(dir)).map(({ runId }) => runId)).toEqual(['two', 'one']);
      await writeFile(join(dir, 'noise-floor.json'), '{"schemaVersion":99}');
      expect(await readNoiseFloors(dir)).toEqual([]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
