import { describe, expect, it } from 'vitest';
import { sampleCell, sampleMetrics } from '../../results/store/records.fixture.ts';
import { sampleQuality } from '../../results/store/quality.fixture.ts';
import { invalidReasons, validityRules, type CompletedTrial } from './validity.ts';

const good: CompletedTrial = {
  cell: sampleCell,
  driver: {
    ...{ eventLoopUtilization: 0.7, gcCount: 0, gcTotalMs: 0, gcMaxMs: 0, cpuMs: 1, maxRssBytes: 1 },
    neverSent: 0,
  },
  metrics: sampleMetrics,
  quality: sampleQuality,
  untested: [],
  verification: { correct: true, statement: 'equal', problems: [], facts: {}, annotations: [] },
};
const open = { ...sampleCell, load: { kind: 'open', ratePerS: 100 }, faults: [] } as const;
const silent = (silenceS: number, longestLatencyS: number) => ({
  ...sampleQuality,
  silence: { startNs: 0, durationNs: silenceS * 1e9 },
  schedule: { due: 1000, recorded: 900, latestSendNs: 0, longestLatencyNs: longestLatencyS * 1e9 },
});

describe('a completed trial', () => {
  it('that keeps every rule is valid, steady or not', () => {
    expect(invalidReasons(good)).toEqual([]);
    expect(invalidReasons({ ...good, quality: null })).toEqual([]);
    const unsteady = {
      ...sampleQuality,
      steadyState: { ...sampleQuality.steadyState, kind: 'none' as const },
    };
    expect(invalidReasons({ ...good, quality: unsteady })).toEqual([]);
    expect(validityRules).toHaveLength(6);
  });

  it.each<[string, Partial<CompletedTrial>]>([
    ['kill-replica came too late', { untested: ['kill-replica came too late'] }],
    [
      'driver saturated: event-loop utilisation 0.71 > 0.7',
      { driver: { ...good.driver, eventLoopUtilization: 0.71 } },
    ],
    [
      'achieved 98.9 % of the offered 100/s, less than 99 %',
      { cell: open, metrics: { ...sampleMetrics, throughputPerS: 98.9 } },
    ],
    [
      'hidden silence: no answer for 1.00 s, yet no request waited longer than 0.05 s',
      { cell: open, quality: silent(1, 0.05) },
    ],
    [
      'clock: a latency of -0.2 ms was measured, which cannot be',
      { metrics: { ...sampleMetrics, latencyMs: { ...sampleMetrics.latencyMs, min: -0.2 } } },
    ],
    [
      'correctness unknown: a replica is gone',
      { verification: { ...good.verification, correct: null, problems: ['a replica is gone'] } },
    ],
  ])('is invalid: %s', (reason, changes) => {
    expect(invalidReasons({ ...good, ...changes })).toEqual([reason]);
  });

  it('may lose of its rate what a fault took: that is what it measures', () => {
    const faulty = { ...open, faults: sampleCell.faults };
    const slow = { ...sampleMetrics, throughputPerS: 50 };
    expect(sampleCell.faults).not.toEqual([]);
    expect(invalidReasons({ ...good, cell: faulty, metrics: slow })).toEqual([]);
  });

  it('may be silent when the silence shows, in a closed loop, or for a moment', () => {
    expect(invalidReasons({ ...good, cell: open, quality: silent(1, 0.97) })).toEqual([]);
    expect(invalidReasons({ ...good, quality: silent(1, 0.05) })).toEqual([]);
    expect(invalidReasons({ ...good, cell: open, quality: silent(0.11, 0.005) })).toEqual([]);
  });
});
