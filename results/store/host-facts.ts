/** Facts about the machine that do not change while a run lasts. */
import { access, readFile } from 'node:fs/promises';
import { availableParallelism, cpus, hostname, release, totalmem } from 'node:os';
import { parseCpuInfo } from './procfs.ts';
import type { HostFacts } from './records.ts';

/** Never throws: what cannot be read is null, or what Node.js knows. */
export async function readHostFacts(): Promise<HostFacts> {
  const cpuModel = parseCpuInfo((await readText('/proc/cpuinfo')) ?? '').model ?? cpus()[0]?.model;
  return {
    hostname: hostname(),
    kernel: release(),
    cpuModel: cpuModel ?? 'unknown',
    cpuCount: availableParallelism(),
    memoryBytes: totalmem(),
    nodeVersion: process.version,
    bootId: await readText(bootIdPath),
    clockSource: await readText(clockSourcePath),
    cgroupVersion: await cgroupVersion(),
  };
}

export const bootIdPath = '/proc/sys/kernel/random/boot_id';
export const clockSourcePath = '/sys/devices/system/clocksource/clocksource0/current_clocksource';

/** The trimmed content; null where it cannot be read or is empty. */
export async function readText(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, 'utf8')).trim();
    return text === '' ? null : text;
  } catch {
    return null;
  }
}

async function cgroupVersion(): Promise<1 | 2 | null> {
  if (await exists('/sys/fs/cgroup/cgroup.controllers')) return 2;
  return (await exists('/sys/fs/cgroup/memory')) || (await exists('/sys/fs/cgroup/cpu')) ? 1 : null;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
