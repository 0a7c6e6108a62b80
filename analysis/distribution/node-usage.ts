/** What nodes used while they were driven: counters become rates between two readings. Pure. */
import type { NodeStatsRecord } from '../../results/store/records.ts';
import type { NodeUsage } from './distribution.ts';

export function nodeUsage(stats: readonly NodeStatsRecord[]): readonly NodeUsage[] {
  const byNode = new Map<string, NodeStatsRecord[]>();
  for (const reading of stats) byNode.set(reading.node, [...(byNode.get(reading.node) ?? []), reading]);
  return [...byNode].map(([node, readings]) => ({
    node,
    cpus: readings.flatMap((reading, index) => cpusSince(readings[index - 1], reading)),
    memoryMb: readings.map(
      ({ atNs, memoryBytes }) => [atNs / 1e9, Math.round(memoryBytes / 1e5) / 10] as const,
    ),
  }));
}

/** The counter of a node that was started anew begins at zero: that stretch is not known. */
function cpusSince(before: NodeStatsRecord | undefined, now: NodeStatsRecord): (readonly [number, number])[] {
  if (before === undefined || now.atNs <= before.atNs || now.cpuNs < before.cpuNs) return [];
  const cpus = (now.cpuNs - before.cpuNs) / (now.atNs - before.atNs);
  return [[now.atNs / 1e9, Math.round(cpus * 1000) / 1000]];
}
