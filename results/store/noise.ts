/**
 * How quiet the machine is: read just before and just after each trial. Counters run since boot; the difference of
 * two readings is the trial's share. Non-goal: judging, which analysis does.
 */
import { release } from 'node:os';
import { bootIdPath, clockSourcePath, readText } from './host-facts.ts';
import {
  cpuStatPaths,
  parseCounter,
  parseCpuInfo,
  parseLoadAverage,
  parseMemory,
  parseMount,
  parsePressure,
  parseStat,
  parseThrottling,
} from './procfs.ts';
import type { NoiseRecord } from './records.ts';

const cpuDir = '/sys/devices/system/cpu';

/** Never throws; null for what this machine does not tell. @param dataDir absolute directory that results go to */
export async function readNoise(dataDir: string): Promise<NoiseRecord['readings']> {
  const read = async (path: string) => (await readText(path)) ?? '';
  const memory = parseMemory(await read('/proc/meminfo'));
  const mount = parseMount(await read('/proc/self/mountinfo'), dataDir);
  return {
    ...parseLoadAverage(await read('/proc/loadavg')),
    ...parseStat(await read('/proc/stat')),
    ...(await throttling()),
    pressureCpuPercent: parsePressure(await read('/proc/pressure/cpu')),
    pressureMemoryPercent: parsePressure(await read('/proc/pressure/memory')),
    pressureIoPercent: parsePressure(await read('/proc/pressure/io')),
    memoryAvailableBytes: memory.availableBytes,
    swapUsedBytes: memory.swapUsedBytes,
    governor: await readText(`${cpuDir}/cpu0/cpufreq/scaling_governor`),
    turbo: await turbo(),
    meanFrequencyMhz: parseCpuInfo(await read('/proc/cpuinfo')).meanMhz,
    clockSource: await readText(clockSourcePath),
    bootId: await readText(bootIdPath),
    kernel: release(),
    oomKills: parseCounter(await read('/proc/vmstat'), 'oom_kill'),
    thermalThrottles: parseCounter(
      `count ${await read(`${cpuDir}/cpu0/thermal_throttle/package_throttle_count`)}`,
      'count',
    ),
    dataFileSystem: mount?.fileSystem ?? null,
    dataDevice: mount?.device ?? null,
  };
}

/** Intel's driver says `no_turbo`, the others `boost`. */
async function turbo(): Promise<'on' | 'off' | null> {
  const noTurbo = await readText(`${cpuDir}/intel_pstate/no_turbo`);
  if (noTurbo !== null) return noTurbo === '0' ? 'on' : 'off';
  const boost = await readText(`${cpuDir}/cpufreq/boost`);
  if (boost === null) return null;
  return boost === '1' ? 'on' : 'off';
}

async function throttling(): Promise<ReturnType<typeof parseThrottling>> {
  for (const path of cpuStatPaths((await readText('/proc/self/cgroup')) ?? '')) {
    const found = parseThrottling((await readText(path)) ?? '');
    if (found.throttledPeriods !== null) return found;
  }
  return { throttledPeriods: null, throttledNs: null };
}
