/** The quality of a trial that went well, for tests. */
import type { TrialQuality } from './quality-record.ts';

export const sampleQuality = {
  series: {
    ...{ startNs: -1e9, widthNs: 1e9, measureFrom: 1 },
    ...{ acknowledged: [50, 100, 100], latencyMeanMs: [2, 1, 1], latencyMaxMs: [4, 3, null] },
  },
  steadyState: { kind: 'flat', of: 'throughput', changesNs: [], steadyFromNs: 0, levels: [100] },
  steadyRemark: '',
  autocorrelation: {
    ...{ lag1: 0.2, buckets: 40, effectiveBuckets: 27 },
    latencyMeanMs: { mean: 1, low: 0.9, high: 1.1 },
  },
  littlesLaw: { clients: 4, inFlight: 3.99, fromNs: 0, toNs: 2e9, relativeError: 0.0025 },
  silence: { startNs: 5e8, durationNs: 2e7 },
  schedule: null,
} as const satisfies TrialQuality;
