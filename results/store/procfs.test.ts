import { describe, expect, it } from 'vitest';
import { readHostFacts } from './host-facts.ts';
import { readNoise } from './noise.ts';
import {
  cpuStatPaths,
  parseCpuInfo,
  parseLoadAverage,
  parseMemory,
  parseMount,
  parsePressure,
  parseStat,
  parseThrottling,
} from './procfs.ts';

describe('readings of the kernel', () => {
  it('are taken from the texts it gives', () => {
    expect(parseLoadAverage('1.71 1.14 0.62 3/147 3915\n')).toEqual({ load1: 1.71, runnableThreads: 3 });
    expect(
      parsePressure('some avg10=13.31 avg60=16.09 avg300=13.13 total=1\nfull avg10=0.50 avg60=0 total=0'),
    ).toBe(13.31);
    expect(parseStat('cpu  10 0 30 40 5 0 7 250 0 0\ncpu0 1 2 3 4 5 6 7 8 9 0\nctxt 3446163\n')).toEqual({
      stealS: 2.5,
      contextSwitches: 3_446_163,
    });
    expect(parseMemory('MemTotal: 10 kB\nMemAvailable:   4 kB\nSwapTotal: 8 kB\nSwapFree: 5 kB\n')).toEqual({
      totalBytes: 10_240,
      availableBytes: 4096,
      swapUsedBytes: 3072,
    });
    expect(
      parseCpuInfo(
        'model name\t: AMD EPYC\ncpu MHz\t\t: 2000.5\n\nmodel name\t: AMD EPYC\ncpu MHz\t\t: 3000.5\n',
      ),
    ).toEqual({ model: 'AMD EPYC', meanMhz: 2500.5 });
  });

  it('are null where a text does not hold them', () => {
    expect(parseLoadAverage('')).toEqual({ load1: null, runnableThreads: null });
    expect(parsePressure('')).toBeNull();
    expect(parseStat('cpu 1 2 3')).toEqual({ stealS: null, contextSwitches: null });
    expect(parseMemory('')).toEqual({ totalBytes: null, availableBytes: null, swapUsedBytes: null });
    expect(parseCpuInfo('')).toEqual({ model: null, meanMhz: null });
    expect(parseThrottling('')).toEqual({ throttledPeriods: null, throttledNs: null });
    expect(parseMount('', '/x')).toBeNull();
  });

  it('give throttling in nanoseconds from both versions of control groups', () => {
    const expected = { throttledPeriods: 4, throttledNs: 7000 };
    expect(parseThrottling('usage_usec 9\nnr_periods 5\nnr_throttled 4\nthrottled_usec 7\n')).toEqual(
      expected,
    );
    expect(parseThrottling('nr_periods 5\nnr_throttled 4\nthrottled_time 7000\n')).toEqual(expected);
  });

  it('know where the control group of the process is', () => {
    expect(cpuStatPaths('0::/user.slice/a\n')).toEqual([
      '/sys/fs/cgroup/user.slice/a/cpu.stat',
      '/sys/fs/cgroup/cpu.stat',
    ]);
    expect(cpuStatPaths('4:memory:/m\n2:cpuacct,cpu:/docker/x\n1:cpuset:/s\n')).toEqual([
      '/sys/fs/cgroup/cpu/docker/x/cpu.stat',
      '/sys/fs/cgroup/cpu/cpu.stat',
    ]);
    expect(cpuStatPaths('')).toEqual([]);
  });

  it('find the mount nearest to a path, blanks in it and all', () => {
    const mounts = [
      '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw',
      '23 22 0:5 / /data\\040two rw - xfs /dev/vdb rw',
      '24 22 0:5 / /data\\040two rw - tmpfs tmpfs rw',
      '25 22 0:6 / /data rw master:2 - btrfs /dev/vdc rw',
    ].join('\n');
    expect(parseMount(mounts, '/data two/run')).toEqual({ fileSystem: 'tmpfs', device: 'tmpfs' });
    expect(parseMount(mounts, '/data')).toEqual({ fileSystem: 'btrfs', device: '/dev/vdc' });
    expect(parseMount(mounts, '/database')).toEqual({ fileSystem: 'ext4', device: '/dev/vda' });
  });
});

describe('this machine', () => {
  it('has facts', async () => {
    const facts = await readHostFacts();
    expect(facts.cpuCount).toBeGreaterThan(0);
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 28);
    expect(facts.nodeVersion).toBe(process.version);
  });

  it('can be read for noise, and every reading is a text, a finite number or null', async () => {
    const readings = Object.values(await readNoise(process.cwd()));
    expect(readings.length).toBeGreaterThan(15);
    const odd = readings.filter((value) => typeof value === 'number' && !Number.isFinite(value));
    expect(odd).toEqual([]);
  });
});
