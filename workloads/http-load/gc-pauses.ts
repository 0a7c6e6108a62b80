/**
 * When the load generator stood still to collect garbage, on the samples' clock: a latency that ends in such a pause
 * is not the system's.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import type { Annotation } from '../workload.ts';
import type { DriveClock } from './clock.ts';

/** Shorter ones hide behind any latency. */
const leastPauseMs = 5;
/** A generator that collects all the time would fill the record; its share of the time is in the driver's facts. */
const mostPauses = 200;

/** Starts observing this process; the returned function stops and gives the longest pauses since then, by time. */
export function observePauses(clock: DriveClock): () => readonly Annotation[] {
  const pauses: { startMs: number; durationMs: number }[] = [];
  const take = (entries: readonly { startTime: number; duration: number }[]) => {
    for (const { startTime, duration } of entries)
      if (duration >= leastPauseMs) pauses.push({ startMs: startTime, durationMs: duration });
  };
  const observer = new PerformanceObserver((list) => take(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return () => {
    take(observer.takeRecords());
    observer.disconnect();
    const originNs = clock.nowNs() - performance.now() * 1e6;
    return pauses
      .sort((a, b) => b.durationMs - a.durationMs)
      .slice(0, mostPauses)
      .sort((a, b) => a.startMs - b.startMs)
      .map(({ startMs, durationMs }) => ({
        atNs: Math.round(originNs + startMs * 1e6),
        kind: 'gc-pause',
        text: `load generator collected garbage for ${durationMs.toFixed(1)} ms`,
        durationNs: Math.round(durationMs * 1e6),
      }));
  };
}
