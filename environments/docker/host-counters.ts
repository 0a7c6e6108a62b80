/**
 * A container's resources read from the control groups and /proc of this host. Engines 20.10 and later answer a
 * "one-shot" question for statistics only at the next tick of a clock of one second, which blurs the time of the
 * reading and would lengthen every trial; the kernel's own counters are there at once.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { NodeStats } from '../environment.ts';
import { readMounts, type CgroupMount } from '../process/cgroup-mounts.ts';

export interface HostCounters {
  /** Rejects when the container does not run any more. */
  readonly read: (hasCpuLimit: boolean) => Promise<NodeStats>;
}

interface CounterFiles {
  readonly version: 1 | 2;
  readonly cpu: string;
  readonly cpuacct: string;
  readonly memory: string;
  readonly network: string;
}

/**
 * Null where the counters cannot be read: no root, an engine on another machine or in another process namespace.
 * `pid` is the container's main process as the engine knows it; the container's id in its groups proves that the
 * process of that number here is the one meant.
 */
export async function openHostCounters(pid: number, containerId: string): Promise<HostCounters | null> {
  try {
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8');
    const directories = groupDirectories(groups, readMounts());
    if (directories?.memory.includes(containerId) !== true) return null;
    const files = { ...directories, network: `/proc/${pid}/net/dev` };
    await readCounters(files, true);
    return { read: (hasCpuLimit) => readCounters(files, hasCpuLimit) };
  } catch {
    return null;
  }
}

/** Where the groups named in `/proc/PID/cgroup` are mounted; null when one that counts is not. Pure. */
export function groupDirectories(
  groups: string,
  mounts: readonly CgroupMount[],
): Omit<CounterFiles, 'network'> | null {
  const lines = groups.split('\n').map((line) => /^\d+:([^:]*):(.*)$/.exec(line));
  const find = (controller: string): string | null => {
    const group = lines.find((line) => line?.[1]?.split(',').includes(controller) === true)?.[2];
    const mount = mounts.find(({ version, options }) => version === 1 && options.includes(controller));
    return group === undefined || mount === undefined ? null : path.join(mount.root, group);
  };
  const [cpu, cpuacct, memory] = [find('cpu'), find('cpuacct'), find('memory')];
  if (cpu !== null && cpuacct !== null && memory !== null) return { version: 1, cpu, cpuacct, memory };
  const unified = lines.find((line) => line?.[1] === '')?.[2];
  const mount = mounts.find(({ version }) => version === 2);
  if (unified === undefined || mount === undefined) return null;
  const directory = path.join(mount.root, unified);
  return { version: 2, cpu: directory, cpuacct: directory, memory: directory };
}

async function readCounters(files: CounterFiles, hasCpuLimit: boolean): Promise<NodeStats> {
  const [usage, current, inactive, throttle] =
    files.version === 1
      ? (['cpuacct.usage', 'memory.usage_in_bytes', 'total_inactive_file', 'throttled_time'] as const)
      : (['cpu.stat', 'memory.current', 'inactive_file', 'throttled_usec'] as const);
  const microseconds = files.version === 1 ? 1 : 1000;
  const [cpuUsage, cpuStat, memoryUsage, memoryStat, network] = await Promise.all([
    readFile(path.join(files.cpuacct, usage), 'utf8'),
    readFile(path.join(files.cpu, 'cpu.stat'), 'utf8'),
    readFile(path.join(files.memory, current), 'utf8'),
    readFile(path.join(files.memory, 'memory.stat'), 'utf8'),
    readFile(files.network, 'utf8'),
  ]);
  const traffic = networkBytes(network);
  return {
    cpuNs: files.version === 1 ? Number(cpuUsage) : counter(cpuUsage, 'usage_usec') * microseconds,
    memoryBytes: Math.max(0, Number(memoryUsage) - counter(memoryStat, inactive)),
    networkReceivedBytes: traffic.received,
    networkSentBytes: traffic.sent,
    throttledNs: hasCpuLimit ? counter(cpuStat, throttle) * microseconds : null,
  };
}

function counter(text: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** Sums over all interfaces but loopback: the 1st and the 9th column of `/proc/PID/net/dev`. Pure. */
export function networkBytes(text: string): { received: number; sent: number } {
  const total = { received: 0, sent: 0 };
  for (const line of text.split('\n')) {
    const [name, counters] = line.split(':');
    if (counters === undefined || name?.trim() === 'lo') continue;
    const columns = counters.trim().split(/\s+/).map(Number);
    total.received += columns[0] ?? 0;
    total.sent += columns[8] ?? 0;
  }
  return total;
}
