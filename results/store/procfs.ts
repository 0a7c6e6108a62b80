/** What the kernel says about itself, as text, turned into figures. Pure; null for what is not there. */

/** `/proc/loadavg`: "1.71 1.14 0.62 1/147 3915". */
export function parseLoadAverage(text: string): { load1: number | null; runnableThreads: number | null } {
  const [load1, , , threads] = text.split(/\s+/);
  return { load1: toNumber(load1), runnableThreads: toNumber(threads?.split('/')[0]) };
}

/** `/proc/pressure/*`: share of the last 10 s in which some task waited, in percent. */
export function parsePressure(text: string): number | null {
  return toNumber(/^some .*?avg10=([\d.]+)/m.exec(text)?.[1]);
}

/** Linux counts CPU time in hundredths of a second, whatever its own tick. */
const ticksPerS = 100;

/** `/proc/stat`, since boot: time taken by other guests of the hypervisor, and context switches. */
export function parseStat(text: string): { stealS: number | null; contextSwitches: number | null } {
  const steal = toNumber(/^cpu +(?:\d+ +){7}(\d+)/m.exec(text)?.[1]);
  return {
    stealS: steal === null ? null : steal / ticksPerS,
    contextSwitches: toNumber(/^ctxt (\d+)/m.exec(text)?.[1]),
  };
}

/** `/proc/meminfo`, in bytes. */
export function parseMemory(text: string): {
  totalBytes: number | null;
  availableBytes: number | null;
  swapUsedBytes: number | null;
} {
  const bytes = (name: string) => {
    const kilobytes = toNumber(new RegExp(`^${name}: +(\\d+) kB`, 'm').exec(text)?.[1]);
    return kilobytes === null ? null : kilobytes * 1024;
  };
  const [total, free] = [bytes('SwapTotal'), bytes('SwapFree')];
  return {
    totalBytes: bytes('MemTotal'),
    availableBytes: bytes('MemAvailable'),
    swapUsedBytes: total === null || free === null ? null : total - free,
  };
}

/** `/proc/cpuinfo`: model, and the mean of the cores' present frequencies. */
export function parseCpuInfo(text: string): { model: string | null; meanMhz: number | null } {
  const frequencies = [...text.matchAll(/^cpu MHz\s*: ([\d.]+)/gm)].map((match) => Number(match[1]));
  const sum = frequencies.reduce((total, frequency) => total + frequency, 0);
  return {
    model: /^(?:model name|Processor|Model)\s*: (.+)$/m.exec(text)?.[1]?.trim() ?? null,
    meanMhz: frequencies.length === 0 ? null : sum / frequencies.length,
  };
}

/**
 * `cpu.stat` of a control group. Version 2 gives microseconds (`throttled_usec`), version 1 nanoseconds
 * (`throttled_time`).
 */
export function parseThrottling(text: string): {
  throttledPeriods: number | null;
  throttledNs: number | null;
} {
  const value = (name: string) => parseCounter(text, name);
  const microseconds = value('throttled_usec');
  return {
    throttledPeriods: value('nr_throttled'),
    throttledNs: microseconds === null ? value('throttled_time') : microseconds * 1000,
  };
}

/**
 * `/proc/self/cgroup`: files that may hold the process's CPU throttling, best first. In a container the path of the
 * host is not visible, hence the group at the root.
 */
export function cpuStatPaths(text: string): string[] {
  const version2 = /^0::(.*)$/m.exec(text)?.[1];
  const version1 = /^\d+:(?:[^:\n]*,)?cpu(?:,[^:\n]*)?:(.*)$/m.exec(text)?.[1];
  const below = (root: string, path: string | undefined) =>
    path === undefined ? [] : [`${root}${path === '/' ? '' : path}/cpu.stat`, `${root}/cpu.stat`];
  const paths = [...below('/sys/fs/cgroup/cpu', version1), ...below('/sys/fs/cgroup', version2)];
  return [...new Set(paths)];
}

/** `/proc/self/mountinfo`: file system and device that hold `path`, from the longest mount point above it. */
export function parseMount(text: string, path: string): { fileSystem: string; device: string } | null {
  const mounts = text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ');
    const point = unescapeMount(before.split(' ')[4] ?? '');
    const [fileSystem, device] = after.split(' ');
    return point === '' || fileSystem === undefined || device === undefined
      ? []
      : [{ point, fileSystem, device }];
  });
  const above = mounts.filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`));
  // Of two mounts on one point the later covers the earlier.
  const nearest = above.toReversed().toSorted((a, b) => b.point.length - a.point.length)[0];
  return nearest === undefined ? null : { fileSystem: nearest.fileSystem, device: nearest.device };
}

/** Blanks stand as \040 there. */
function unescapeMount(text: string): string {
  return text.replaceAll(/\\(\d{3})/g, (_match, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** A line `name 123`, as in `/proc/vmstat`. */
export function parseCounter(text: string, name: string): number | null {
  return toNumber(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
}

function toNumber(text: string | undefined): number | null {
  if (text === undefined || text === '') return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
