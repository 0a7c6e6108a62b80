import { describe, expect, it } from 'vitest';
import { parseMounts } from '../process/cgroup-mounts.ts';
import { groupDirectories, networkBytes, openHostCounters } from './host-counters.ts';

describe('the control groups of a container', () => {
  it('of version 1 are found controller by controller, mounted singly or together', () => {
    const mounts = parseMounts(
      'cgroup /cg/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0\ncgroup /cg/memory cgroup rw,memory 0 0\ncgroup2 /cg/unified cgroup2 rw 0 0\n',
    );
    const groups = '4:memory:/docker/abc\n1:cpu,cpuacct:/docker/abc\n0::/docker/abc\n';
    expect(groupDirectories(groups, mounts)).toEqual({
      ...{ version: 1, cpu: '/cg/cpu,cpuacct/docker/abc', cpuacct: '/cg/cpu,cpuacct/docker/abc' },
      memory: '/cg/memory/docker/abc',
    });
  });

  it('of version 2 are one', () => {
    const mounts = parseMounts('cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n');
    const directory = '/sys/fs/cgroup/system.slice/docker-abc.scope';
    expect(groupDirectories('0::/system.slice/docker-abc.scope\n', mounts)).toEqual({
      ...{ version: 2, cpu: directory, cpuacct: directory, memory: directory },
    });
  });

  it('are none where nothing is mounted, or the process is another', async () => {
    expect(groupDirectories('0::/docker/abc\n', [])).toBeNull();
    expect(await openHostCounters(process.pid, 'a'.repeat(64))).toBeNull();
    expect(await openHostCounters(2 ** 22 - 1, 'a'.repeat(64))).toBeNull();
  });
});

it('network bytes are summed over all interfaces but loopback', () => {
  const text = [
    'Inter-|   Receive  |  Transmit',
    ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets',
    '    lo:    9999 1 0 0 0 0 0 0 9999 1 0 0 0 0 0 0',
    '  eth0:     200 2 0 0 0 0 0 0      30 1 0 0 0 0 0 0',
    '  eth1:       5 1 0 0 0 0 0 0       7 1 0 0 0 0 0 0',
  ].join('\n');
  expect(networkBytes(text)).toEqual({ received: 205, sent: 37 });
});
