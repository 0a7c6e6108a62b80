/** How the load generator's own process fared between two instants: a saturated one must not pass for a slow system. */
import { PerformanceObserver } from 'node:perf_hooks';
import type { DriverFacts } from '../workload.ts';

/** What the process knows of itself; what became of its requests is for the session to say. */
export type ProcessFacts = Omit<DriverFacts, 'neverSent'>;

/** Starts observing this process; the returned function stops and gives the facts since then. */
export function observeDriver(): () => ProcessFacts {
  const pausesMs: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pausesMs.push(duration);
  });
  observer.observe({ entryTypes: ['gc'] });
  const cpu = process.cpuUsage();
  const utilization = performance.eventLoopUtilization();
  return () => {
    for (const { duration } of observer.takeRecords()) pausesMs.push(duration);
    observer.disconnect();
    const { user, system } = process.cpuUsage(cpu);
    return {
      eventLoopUtilization: performance.eventLoopUtilization(utilization).utilization,
      gcCount: pausesMs.length,
      gcTotalMs: pausesMs.reduce((sum, pauseMs) => sum + pauseMs, 0),
      gcMaxMs: pausesMs.reduce((max, pauseMs) => Math.max(max, pauseMs), 0),
      cpuMs: (user + system) / 1000,
      maxRssBytes: process.resourceUsage().maxRSS * 1024,
    };
  };
}
