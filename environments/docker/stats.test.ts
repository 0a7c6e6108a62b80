import { describe, expect, it } from 'vitest';
import type { ContainerStats } from 'dockerode';
import { nodeStats } from './stats.ts';

/** As the engine writes it; the client library's types do not have the fields of version 2. */
const answer = (cacheField: string) =>
  ({
    cpu_stats: { cpu_usage: { total_usage: 5_000_000 }, throttling_data: { throttled_time: 77 } },
    memory_stats: { usage: 1000, stats: { [cacheField]: 300 } },
    networks: { eth0: { rx_bytes: 10, tx_bytes: 20 }, eth1: { rx_bytes: 1, tx_bytes: 2 } },
  }) as unknown as ContainerStats;

describe('node statistics', () => {
  for (const [version, field] of [
    [1, 'total_inactive_file'],
    [2, 'inactive_file'],
  ] as const) {
    it(`leave the droppable page cache out under control groups version ${version}`, () => {
      expect(nodeStats(answer(field), true)).toEqual({
        ...{ cpuNs: 5_000_000, memoryBytes: 700, throttledNs: 77 },
        ...{ networkReceivedBytes: 11, networkSentBytes: 22 },
      });
    });
  }

  it('tell no throttling where there is no limit', () => {
    expect(nodeStats(answer('inactive_file'), false).throttledNs).toBeNull();
  });

  it('of a container that is not running are zeros, not an error', () => {
    const dead = {
      cpu_stats: { cpu_usage: { total_usage: 0 } },
      memory_stats: {},
    } as unknown as ContainerStats;
    expect(nodeStats(dead, false)).toMatchObject({ cpuNs: 0, memoryBytes: 0, networkSentBytes: 0 });
  });
});
