/**
 * The rules that make a completed trial unfit for a verdict, set before any trial is run. Each is shown in every
 * report, broken or not, and says with the figure what broke it. A trial that was not steady is no such case: it stays
 * counted and shown.
 */
import type { Cell } from '../foundation/cell.ts';
import type { DriverFacts, Verification } from '../../workloads/workload.ts';
import type { TrialQuality } from '../../results/store/quality-record.ts';
import type { TrialMetrics } from '../../results/store/records.ts';

/** Above this the load generator is part of what is measured (STATISTICS.md, closed and open loop). */
export const driverUtilizationLimit = 0.7;
/** An open loop that achieved less than this of its offered rate measured the generator or a collapse. */
export const achievedRateLimit = 0.99;
/** Of a silence, so much must show as the latency of some request that was due in it. */
const visibleSilence = 0.9;

export interface CompletedTrial {
  readonly cell: Cell;
  readonly driver: DriverFacts;
  readonly metrics: TrialMetrics;
  /** null when nothing was acknowledged. */
  readonly quality: TrialQuality | null;
  readonly verification: Verification;
  /** What of its cell the trial did not test: faults that came too late. */
  readonly untested: readonly string[];
}

interface Rule {
  /** What must hold, as a report states it. */
  readonly text: string;
  /** What broke it, with the figure; null when it holds or does not apply. */
  readonly brokenBy: (trial: CompletedTrial) => string | null;
}

const rules: readonly Rule[] = [
  {
    text: `the load generator’s event loop is busy at most ${driverUtilizationLimit * 100} % of the time`,
    brokenBy: ({ driver: { eventLoopUtilization } }) =>
      eventLoopUtilization > driverUtilizationLimit
        ? `driver saturated: event-loop utilisation ${eventLoopUtilization.toFixed(2)} > ${driverUtilizationLimit}`
        : null,
  },
  {
    // What a fault takes from the rate is what its trial measures; the rule about silences still holds there.
    text: `an open loop without faults achieves at least ${achievedRateLimit * 100} % of the offered rate`,
    brokenBy: ({ cell: { load, faults }, metrics: { throughputPerS } }) =>
      load.kind === 'open' && faults.length === 0 && throughputPerS < achievedRateLimit * load.ratePerS
        ? `achieved ${((100 * throughputPerS) / load.ratePerS).toFixed(1)} % of the offered ${load.ratePerS}/s, less than ${achievedRateLimit * 100} %`
        : null,
  },
  {
    text: 'in an open loop a silence shows in the latencies of the requests that were due in it (no coordinated omission)',
    brokenBy: hiddenSilence,
  },
  {
    text: 'every latency is above zero',
    brokenBy: ({ metrics: { latencyMs } }) =>
      latencyMs.min > 0 ? null : `clock: a latency of ${latencyMs.min} ms was measured, which cannot be`,
  },
  {
    text: 'every fault of the cell happened before the measurement was over',
    brokenBy: ({ untested }) => (untested.length > 0 ? untested.join('; ') : null),
  },
  {
    text: 'the answers were verified',
    brokenBy: ({ verification: { correct, problems, statement } }) =>
      correct === null ? `correctness unknown: ${problems.join('; ') || statement}` : null,
  },
];

export const validityRules: readonly string[] = rules.map(({ text }) => text);

export function invalidReasons(trial: CompletedTrial): readonly string[] {
  return rules.flatMap(({ brokenBy }) => brokenBy(trial) ?? []);
}

/** A request is due at least every 1 / rate, so some request waited for nearly the whole of a long silence. */
function hiddenSilence({ cell: { load }, quality }: CompletedTrial): string | null {
  if (load.kind !== 'open' || !quality?.schedule || quality.silence === null) return null;
  const silenceNs = quality.silence.durationNs - 2e9 / load.ratePerS;
  const { longestLatencyNs } = quality.schedule;
  if (silenceNs < shortSilenceNs || longestLatencyNs >= visibleSilence * silenceNs) return null;
  const seconds = (ns: number) => (ns / 1e9).toFixed(2);
  return `hidden silence: no answer for ${seconds(quality.silence.durationNs)} s, yet no request waited longer than ${seconds(longestLatencyNs)} s`;
}

/** Shorter ones happen by chance when requests are few. */
const shortSilenceNs = 0.1e9;
