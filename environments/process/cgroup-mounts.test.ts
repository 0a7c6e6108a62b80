import { expect, test } from 'vitest';
import { makeNodeCgroup } from './cgroup.ts';
import {
  cgroupName,
  cgroupVersion,
  locateController,
  parseCgroupName,
  parseMounts,
} from './cgroup-mounts.ts';

const version1 = parseMounts(
  'tmpfs /sys/fs/cgroup tmpfs rw 0 0\n' +
    'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0\n' +
    'cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0\n' +
    'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0\n',
);

test('a controller of version 1 is found by the options of its mount', () => {
  expect(locateController('cpuacct', version1)).toEqual({ version: 1, root: '/sys/fs/cgroup/cpu,cpuacct' });
  expect(locateController('memory', version1)).toEqual({ version: 1, root: '/sys/fs/cgroup/memory' });
  expect(cgroupVersion(version1)).toBe(1);
});

test('without any mount the missing controller is named', () => {
  expect(() => locateController('cpu', [])).toThrow('no cgroup mount offers the cpu controller');
  expect(cgroupVersion([])).toBeNull();
});

test('the run is read back from the name of a group, whatever dashes it has', () => {
  expect(parseCgroupName(cgroupName('2024-01-02-ab', 't0001', 'replica-1'))).toBe('2024-01-02-ab');
  expect(parseCgroupName('strata-notes')).toBeNull();
  expect(parseCgroupName('system.slice')).toBeNull();
});

test('where no limit can be set, asking for one is refused with the reason and the way out', async () => {
  const spec = { name: 'a', storage: 'disk', cpus: 1, memoryBytes: 1024 } as const;
  await expect(makeNodeCgroup(cgroupName('r', 't', 'a'), spec, [])).rejects.toMatchObject({
    code: 'STRATA-E303',
    message: expect.stringContaining('1 cpus and 1024 bytes of memory') as string,
    fix: expect.stringContaining('--env docker') as string,
    cause: { message: 'no cgroup mount offers the cpu controller' },
  });
});
