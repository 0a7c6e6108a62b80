import { describe, expect, it } from 'vitest';
import type { NoiseFloor } from '../../../results/store/noise-floor.ts';
import type { Manifest } from '../../../results/store/records.ts';
import { cellsOver } from '../summary/run.fixture.ts';
import { compareStored, refuseUnlikeHere } from './compare-stored.ts';
import { comparisonOf, storedRun, usualOptions } from './stored-run.fixture.ts';

const { manifest } = storedRun();
const elsewhere = { ...manifest.host, cpuCount: 8 };
const refusal = (code: string, part: string) =>
  expect.objectContaining({ code, exitCode: 2, message: expect.stringContaining(part) as string }) as Error;
const regressions = (...runs: Parameters<typeof comparisonOf>) =>
  comparisonOf(...runs).rows.filter(({ isRegression }) => isRegression);
const floorOf = (metric: NoiseFloor['metric'], changes: Partial<NoiseFloor> = {}): NoiseFloor => ({
  ...{ runId: 'aa', startedAtIso: '', machine: 'cpu, 2 cores', env: 'process', cellKey: 'any', metric },
  floors: [{ trials: 5, ratio: 1.5 }],
  ...changes,
});

describe('two stored runs', () => {
  it('are named by their experiment, else by their id, with the place they are stored at', () => {
    const { a, b } = comparisonOf(
      { manifest: { experiment: { name: 'before' } } },
      { manifest: { runId: 'b', experiment: {} } },
    );
    expect(a).toEqual({
      ...{ runId: manifest.runId, runDir: `results/data/${manifest.runId}`, title: 'before' },
      startedAtIso: manifest.startedAtIso,
    });
    expect(b).toMatchObject({ runId: 'b', runDir: 'results/data/b', title: 'b' });
  });

  it('are compared in what both have, and the rest is named', () => {
    const report = comparisonOf({ cells: cellsOver([1, 3], [4]) }, { cells: cellsOver([3, 5], [4]) });
    expect([...new Set(report.rows.map(({ cell }) => cell.replicas))]).toEqual([3]);
    expect([report.onlyA, report.onlyB]).toEqual([
      [expect.stringContaining('1 replica')],
      [expect.stringContaining('5 replicas')],
    ]);
  });

  it('without a cell in common are refused with what each has', () => {
    const other = cellsOver([5], [4]);
    expect(() => comparisonOf({}, { cells: other })).toThrow(refusal('STRATA-E242', '5 replicas'));
  });
});

describe('a loss is a regression', () => {
  it('beyond the threshold, and only there', () => {
    expect(regressions({}, { slowdown: 1.2 }).map(({ metric }) => metric)).toEqual([
      'throughput',
      'p50',
      'p95',
      'p99',
    ]);
    expect(regressions({}, { slowdown: 1.2 }, { regressionThreshold: 0.3 })).toEqual([]);
    expect(regressions({ slowdown: 1.2 }, {})).toEqual([]);
  });

  it('beyond the noise floor of the same figure on the same machine; of p99, beyond that of p95', () => {
    const noiseFloors = [floorOf('throughput'), floorOf('p95')];
    const found = regressions({}, { slowdown: 1.2 }, { noiseFloors });
    expect(found.map(({ metric, allowedLoss }) => [metric, allowedLoss])).toEqual([['p50', 0.05]]);
    const ofAnother = [floorOf('p50', { machine: 'another' }), floorOf('p50', { env: 'docker' })];
    expect(regressions({}, { slowdown: 1.2 }, { noiseFloors: ofAnother })).toHaveLength(4);
  });

  it('whose noise is known for more trials than there are is held against the threshold, and that is said', () => {
    const noiseFloors = [floorOf('throughput')];
    const { rows, noise } = comparisonOf({ trials: 4 }, {}, { noiseFloors });
    expect(rows.map(({ allowedLoss }) => allowedLoss)).toEqual([0.05, 0.05, 0.05, 0.05]);
    expect(noise).toEqual([expect.stringContaining('5 trials a cell or more, and this run has fewer')]);
    expect(comparisonOf({}, {}, { noiseFloors }).noise).toEqual([
      expect.stringContaining('differences under 50.0 % of throughput'),
    ]);
  });
});

describe('runs that are unlike', () => {
  const a = storedRun();
  const unlike: Manifest = { ...manifest, host: elsewhere, commit: 'abc-dirty' };
  const b = { ...a, manifest: unlike };

  it('are refused with everything that makes them so, and the words that would allow it', () => {
    expect(() => compareStored(a, b, usualOptions)).toThrow(
      refusal('STRATA-E241', 'host: cores 2 in A, 8 in B; dirty: B was made with uncommitted changes'),
    );
    expect(() => compareStored(a, b, usualOptions)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('--allow host,dirty ') as string }) as Error,
    );
  });

  it('are refused for what is left when only part of it was allowed', () => {
    const partly = { ...usualOptions, allowed: ['dirty'] } as const;
    expect(() => compareStored(a, b, partly)).toThrow(/compared: host: cores 2 in A, 8 in B$/);
    expect(() => compareStored(a, b, partly)).toThrow(
      expect.objectContaining({ fix: expect.stringContaining('--allow host,dirty ') as string }) as Error,
    );
  });

  it('are compared when all of it was allowed, and it is said', () => {
    const { allowed, remarks } = compareStored(a, b, { ...usualOptions, allowed: ['host', 'dirty'] });
    expect(allowed).toEqual([
      'host: cores 2 in A, 8 in B',
      expect.stringContaining('dirty: B was made with uncommitted changes'),
    ]);
    expect(remarks[0]).toBe('strata itself differs: commit unknown in A, abc-dirty in B.');
  });
});

describe('a baseline', () => {
  const here = { host: manifest.host, commit: manifest.commit };

  it('of another machine or from a dirty tree is refused before anything is measured', () => {
    expect(() => {
      refuseUnlikeHere(manifest, { ...here, host: elsewhere }, []);
    }).toThrow(refusal('STRATA-E241', 'host: cores 2 in A, 8 in B'));
    expect(() => {
      refuseUnlikeHere(manifest, { ...here, commit: 'abc-dirty' }, ['host']);
    }).toThrow(refusal('STRATA-E241', 'dirty: B'));
  });

  it('is taken when it is alike, when it was allowed, and whatever machines it had: here are none yet', () => {
    const vm = { accelerator: 'kvm', cpuModel: 'host', acceleratorReason: 'probe' };
    expect(() => {
      refuseUnlikeHere({ ...manifest, environments: { vm } }, here, []);
      refuseUnlikeHere(manifest, { ...here, host: elsewhere }, ['host']);
    }).not.toThrow();
  });
});
