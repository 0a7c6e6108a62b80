/**
 * What the samples of one trial say of the trial itself: was it steady, do neighbours resemble each other, did the
 * clients keep asking, was there silence. Computed once, when the trial is stored; none of it is an inference over
 * trials.
 */

export interface TrialQuality {
  readonly series: BucketSeries;
  /** null when the trial is too short to tell: {@link steadyRemark} says so. */
  readonly steadyState: SteadyStateRecord | null;
  /** Why there is no steady-state judgement; empty when there is one. */
  readonly steadyRemark: string;
  /** Of the mean latency per bucket; null when it cannot be estimated. */
  readonly autocorrelation: AutocorrelationRecord | null;
  /** Closed loop only: the requests in flight against the clients there are. */
  readonly littlesLaw: LittlesLawRecord | null;
  /** Longest time without any acknowledged answer while measuring. */
  readonly silence: SilenceRecord | null;
  /** Open loop only: whether what was due was asked, and a silence shows in the latencies. */
  readonly schedule: ScheduleRecord | null;
}

/** Acknowledged requests by the time of their answer, in buckets of equal width; warm-up first, then the measurement. */
export interface BucketSeries {
  /** On the samples' clock; bucket i covers startNs + i · widthNs up to the next. */
  readonly startNs: number;
  readonly widthNs: number;
  /** Index of the first bucket of the measurement, whose start is the first measured request. */
  readonly measureFrom: number;
  readonly acknowledged: readonly number[];
  /** null where nothing was acknowledged. */
  readonly latencyMeanMs: readonly (number | null)[];
  readonly latencyMaxMs: readonly (number | null)[];
}

export interface SteadyStateRecord {
  readonly kind: 'flat' | 'warm-up' | 'slowdown' | 'none';
  /** What was looked at: throughput in a closed loop, mean latency in an open one. */
  readonly of: 'throughput' | 'latency';
  /** On the samples' clock. */
  readonly changesNs: readonly number[];
  /** From here on the level is that of the end. */
  readonly steadyFromNs: number;
  /** Level of each segment; 1/s or ms. */
  readonly levels: readonly number[];
}

export interface AutocorrelationRecord {
  /** Of neighbouring buckets, −1 … 1. */
  readonly lag1: number;
  readonly buckets: number;
  /** So many independent buckets would say as much. */
  readonly effectiveBuckets: number;
  /** Circular-block bootstrap, 95 %: how well the trial knows its own mean. */
  readonly latencyMeanMs: { readonly mean: number; readonly low: number; readonly high: number } | null;
}

export interface LittlesLawRecord {
  /** N: clients that were active over the window. */
  readonly clients: number;
  /** X · R over the window in which all of them were active. */
  readonly inFlight: number;
  /** The window, on the samples' clock: the last client's first request to the first client's last answer. */
  readonly fromNs: number;
  readonly toNs: number;
  /** |N − X (R + Z)| / N with Z = 0. */
  readonly relativeError: number;
}

export interface SilenceRecord {
  readonly startNs: number;
  readonly durationNs: number;
}

export interface ScheduleRecord {
  /** Requests due between the first and the last intended time, at the rate asked for. */
  readonly due: number;
  /** Samples with an intended time there. */
  readonly recorded: number;
  /** Longest delay between the time a request was due and its sending. */
  readonly latestSendNs: number;
  /** Longest latency from the intended time, answered or not. */
  readonly longestLatencyNs: number;
}
