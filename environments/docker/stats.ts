/** What the engine says of a container's resources, in the contract's terms. Pure. */
import type { ContainerStats } from 'dockerode';
import type { NodeStats } from '../environment.ts';

/**
 * Memory is what the node needs, without the page cache that could be dropped (`total_inactive_file` in version 1
 * of control groups, `inactive_file` in version 2), as `docker stats` shows it. Throttled time is in nanoseconds
 * under both versions: the engine multiplies what version 2 counts in microseconds.
 */
export function nodeStats(raw: ContainerStats, hasCpuLimit: boolean): NodeStats {
  const memory = raw.memory_stats as Partial<ContainerStats['memory_stats']>;
  const details = memory.stats as Readonly<Record<string, number>> | undefined;
  const cache = details?.['total_inactive_file'] ?? details?.['inactive_file'] ?? 0;
  const interfaces = Object.values((raw as Partial<ContainerStats>).networks ?? {});
  const throttling = raw.cpu_stats.throttling_data as { throttled_time?: number } | undefined;
  return {
    cpuNs: raw.cpu_stats.cpu_usage.total_usage,
    memoryBytes: Math.max(0, (memory.usage ?? 0) - cache),
    networkReceivedBytes: interfaces.reduce((sum, { rx_bytes }) => sum + rx_bytes, 0),
    networkSentBytes: interfaces.reduce((sum, { tx_bytes }) => sum + tx_bytes, 0),
    throttledNs: hasCpuLimit ? (throttling?.throttled_time ?? null) : null,
  };
}
