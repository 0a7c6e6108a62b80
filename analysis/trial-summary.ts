/**
 * The unit of every inference: one figure of one trial. Tests of `statistics/` accept nothing else, so that pooling
 * requests does not type-check.
 */
import type { MetricName } from '../harness/foundation/hypothesis.ts';
import type { TrialMetrics, TrialRecord } from '../results/store/records.ts';

declare const unit: unique symbol;

export interface TrialSummary {
  readonly trialId: string;
  /** Trials of one block met the same state of the machine: they may be paired. */
  readonly block: number;
  /** Positive; in the unit of the metric (ms, 1/s, or a ratio). */
  readonly value: number;
  readonly [unit]: 'trial';
}

export function trialSummary(trialId: string, block: number, value: number): TrialSummary {
  return { trialId, block, value } as TrialSummary;
}

/** The figure `metric` of every trial that has one. @param trials completed and valid, one record each */
export function summariesOf(trials: readonly TrialRecord[], metric: MetricName): readonly TrialSummary[] {
  return trials.flatMap(({ trialId, block, metrics }) => {
    const value = metrics === null ? null : metricOf(metrics, metric);
    return value === null ? [] : [trialSummary(trialId, block, value)];
  });
}

/** null where the trial had too few requests for the figure. */
export function metricOf(metrics: TrialMetrics, metric: MetricName): number | null {
  if (metric === 'throughput') return metrics.throughputPerS;
  if (metric !== 'spread') return metrics.latencyMs[metric];
  const { p50, p95 } = metrics.latencyMs;
  return p50 === null || p95 === null || p50 <= 0 ? null : p95 / p50;
}
