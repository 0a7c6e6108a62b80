import { describe, expect, it } from 'vitest';
import { cellKey, type CopyLabel } from '../../harness/foundation/cell.ts';
import { splitMix64 } from '../../harness/foundation/random.ts';
import { sampleCell, sampleMetrics, trialRecord } from '../../results/store/records.fixture.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { calibrate } from './calibrate.ts';

/** Both copies in each of so many blocks; the figure of each by what `value` says. */
function aaRun(blocks: number, value: (label: CopyLabel, block: number) => number): TrialRecord[] {
  return Array.from({ length: blocks }, (_, block) =>
    (['a', 'b'] as const).map((label, index) => {
      const cell = { ...sampleCell, label };
      const trial = {
        id: `t${2 * block + index}`,
        cell,
        cellKey: cellKey(cell),
        block,
        position: 0,
        seed: 1,
      };
      const throughputPerS = value(label, block);
      return trialRecord(trial, { metrics: { ...sampleMetrics, throughputPerS } });
    }),
  ).flat();
}

/** Standard normal deviates by Box and Muller. */
function normals(seed: bigint): () => number {
  const random = splitMix64(seed);
  const uniform = () => (random.nextUint32() + 0.5) / 2 ** 32;
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const throughputOf = (records: readonly TrialRecord[], seed = 1) => {
  const found = calibrate(records, seed).find(({ metric }) => metric === 'throughput');
  if (found === undefined) throw new Error('no calibration of the throughput');
  return found;
};

describe('an A/A run without anything to find', () => {
  const spread = 0.05;
  const normal = normals(11n);
  const { splits, rejected, floors, pairs } = throughputOf(
    aaRun(40, () => 100 * Math.exp(spread * normal())),
  );

  it('rejects about 5 % of its splits', () => {
    expect([pairs, splits]).toEqual([40, 2000]);
    expect(rejected / splits).toBeGreaterThan(0.035);
    expect(rejected / splits).toBeLessThan(0.065);
  });

  it('has a floor near 1.96 standard errors of the difference, wider for fewer trials', () => {
    expect(floors.map(({ trials }) => trials)).toEqual([5, 10, 20, 40]);
    for (const { trials, ratio } of floors) {
      const expected = 1.96 * spread * Math.sqrt(2 / trials);
      expect(Math.log(ratio) / expected).toBeGreaterThan(0.75);
      expect(Math.log(ratio) / expected).toBeLessThan(1.25);
    }
  });

  it('rejects less where a drift is shared by the copies of a block', () => {
    const noise = normals(12n);
    const drifting = throughputOf(aaRun(40, (_, block) => 100 * Math.exp(0.02 * block + 0.02 * noise())));
    expect(drifting.rejected / drifting.splits).toBeLessThan(0.005);
  });
});

describe('a calibration', () => {
  it('says the same every time it is made, and something else by another seed', () => {
    const normal = normals(13n);
    const records = aaRun(12, () => 100 * Math.exp(0.1 * normal()));
    expect(calibrate(records, 5)).toEqual(calibrate(records, 5));
    expect(throughputOf(records, 6).rejected).not.toBe(throughputOf(records, 7).rejected);
  });

  it('shows copies that do differ, which would be a fault of the harness', () => {
    const normal = normals(14n);
    const { ratio, ciLow, p } = throughputOf(
      aaRun(10, (label) => (label === 'b' ? 120 : 100) * Math.exp(0.01 * normal())),
    );
    expect(ratio).toBeCloseTo(1.2, 1);
    expect(ciLow).toBeGreaterThan(1.15);
    expect(p).toBeLessThan(1e-6);
  });

  it('leaves out a block in which a copy has no usable trial', () => {
    const normal = normals(15n);
    const records = aaRun(8, () => 100 + normal()).map((record, index): TrialRecord =>
      index === 3 ? { ...record, status: 'failed', metrics: null } : record,
    );
    expect(throughputOf(records).pairs).toBe(7);
  });

  it('of fewer than five blocks has neither floor nor rate, of constants a reason', () => {
    const normal = normals(16n);
    const few = throughputOf(aaRun(4, () => 100 + normal()));
    expect([few.floors, few.splits]).toEqual([[], 0]);
    expect(few.ratio).not.toBeNull();
    expect(throughputOf(aaRun(6, () => 100))).toMatchObject({
      ...{ ratio: null, p: null, splits: 0, floors: [] },
      remark: expect.stringContaining('are equal') as string,
    });
    expect(throughputOf(aaRun(1, () => 100)).remark).toContain('has 1 trial');
  });

  it('is empty for a run without labels', () => {
    const trial = { id: 't1', cell: sampleCell, cellKey: 'x', block: 0, position: 0, seed: 1 };
    expect(calibrate([trialRecord(trial)], 1)).toEqual([]);
  });
});
