import { describe, expect, it } from 'vitest';
import { plannedTrial, trialRecord } from '../../results/store/records.fixture.ts';
import type { NoiseRecord } from '../../results/store/records.ts';
import { noiseAdvice } from './noise-advice.ts';
import { noiseFindings } from './noise.ts';

const quiet: NoiseRecord['readings'] = {
  ...{ load1: 0.1, runnableThreads: 1, stealS: 5, throttledNs: 0, swapUsedBytes: 0, oomKills: 0 },
  ...{ pressureMemoryPercent: 0, governor: 'performance', meanFrequencyMhz: 3000, thermalThrottles: 0 },
  ...{ clockSource: 'tsc', bootId: 'a', kernel: '6.1', dataDevice: '/dev/sda1' },
};

/** Of two trials of ten seconds each, on two cores. */
function findings(
  before: NoiseRecord['readings'],
  after: NoiseRecord['readings'] = {},
  wallS = 10,
  trialIndex = 0,
) {
  const trials = [0, 1].map((index) => trialRecord(plannedTrial(index), { phasesMs: { drive: 10_000 } }));
  const rows = trials.flatMap(({ trialId }, index) => {
    const startMs = Date.parse('2024-03-01T00:00:00Z') + index * 60_000;
    const row = (when: NoiseRecord['when'], atMs: number, changes: NoiseRecord['readings']) => ({
      ...{ trialId, attempt: 1, when, atIso: new Date(atMs).toISOString() },
      readings: { ...quiet, ...(index === trialIndex ? changes : {}) },
    });
    return [
      row('before', startMs, before),
      row('after', startMs + (index === trialIndex ? wallS : 10) * 1000, { ...before, ...after }),
    ];
  });
  return noiseFindings(rows, trials, { cpuCount: 2 });
}

describe('a trial on a quiet machine', () => {
  it('has no findings, nor has one whose machine tells nothing', () => {
    expect(findings({})).toEqual([]);
    const nothing = Object.fromEntries(Object.keys(quiet).map((name) => [name, null]));
    expect(findings({ ...nothing }, {}, 10, 0).filter(({ code }) => code !== 'machine-changed')).toEqual([]);
    expect(noiseFindings([], [trialRecord(plannedTrial(0))], { cpuCount: 2 })).toEqual([]);
  });
});

describe('noise is found', () => {
  it.each([
    ['stolen-time', {}, { stealS: 5.3 }, '1.5 % of all cores stolen'],
    ['other-load', { runnableThreads: 5 }, {}, '5 runnable threads on 2 cores before it'],
    ['other-load', { load1: 1.5 }, {}, 'load 1.5 on 2 cores before it'],
    ['swapping', {}, { swapUsedBytes: 3e6 }, '3 MB more in swap'],
    ['out-of-memory', {}, { oomKills: 1 }, '1 killed for want of memory'],
    ['memory-pressure', {}, { pressureMemoryPercent: 12 }, 'waiting for memory 12 % of the time'],
    ['governor', { governor: 'powersave' }, {}, 'CPU governor powersave'],
    ['frequency-changed', {}, { meanFrequencyMhz: 2400 }, 'CPU frequency changed by 20 %'],
    ['thermal-throttling', {}, { thermalThrottles: 2 }, '2 times slowed for heat'],
    ['cpu-throttled', {}, { throttledNs: 2e9 }, 'throttled for 20 % of the time'],
    ['slow-clock', { clockSource: 'hpet' }, {}, 'clock source hpet'],
  ] as const)('%s', (code, before, after, text) => {
    const found = findings(before, after).filter((finding) => finding.trialId === 't0001');
    expect(found).toMatchObject([{ code, text }]);
    expect(noiseAdvice[code].length).toBeGreaterThan(10);
  });

  it('machine-changed, when a run was continued after a boot', () => {
    expect(findings({ bootId: 'b' }, {}, 10, 1)).toMatchObject([
      { code: 'machine-changed', trialId: 't0002', text: 'another bootId than at the start' },
    ]);
  });

  it.each([
    [70, 'the wall clock ran 60.0 s ahead of the monotonic one'],
    [-3590, 'the wall clock ran -3600.0 s ahead of the monotonic one'],
  ])('clock-jumped, by the wall clock against the monotonic one', (wallS, text) => {
    expect(findings({}, {}, wallS)).toMatchObject([{ code: 'clock-jumped', text }]);
  });

  it('and the load that the run itself left behind is not', () => {
    expect(findings({ load1: 1.9 }, {}, 10, 1)).toEqual([]);
  });
});
