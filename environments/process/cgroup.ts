/**
 * CPU and memory limits of a node through a control group of its own, version 1 or 2. Making one needs a writable
 * cgroup file system, which usually means root; without it limits are refused, never ignored.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { waitFor } from '../../harness/foundation/deadline.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { NodeSpec } from '../environment.ts';
import { errnoOf } from '../errno.ts';
import { endThenThrow } from '../teardown.ts';
import {
  cgroupName,
  locateController,
  readMounts,
  type CgroupMount,
  type Controller,
} from './cgroup-mounts.ts';
import { signalIfThere } from './group.ts';

export interface NodeCgroup extends AsyncDisposable {
  /** Files into which a process writes 0 to join. */
  readonly procsFiles: readonly string[];
  readonly pids: () => readonly number[];
  /** Time the CPU limit held the processes back; null without a CPU limit. */
  readonly throttledNs: () => number | null;
  /** CPU time of all processes ever in it, ended ones included; null where it is not accounted. */
  readonly cpuNs: () => number | null;
}

const periodUs = 100_000;

export function wantsLimits(spec: NodeSpec): boolean {
  return spec.cpus !== undefined || spec.memoryBytes !== undefined;
}

/** Makes the group and sets the limits; throws E303 where that is not possible. */
export async function makeNodeCgroup(
  name: string,
  spec: NodeSpec,
  mounts = readMounts(),
): Promise<NodeCgroup> {
  const made: string[] = [];
  try {
    const cpu = spec.cpus === undefined ? null : await join(locateController('cpu', mounts), name, made);
    const memory =
      spec.memoryBytes === undefined ? null : await join(locateController('memory', mounts), name, made);
    if (cpu !== null && spec.cpus !== undefined) limitCpu(cpu, spec.cpus);
    if (memory !== null && spec.memoryBytes !== undefined) limitMemory(memory, spec.memoryBytes);
    const accounting = cpu?.version === 2 ? cpu : await joinAccounting(name, made, mounts);
    return nodeCgroup(made, cpu, accounting);
  } catch (error) {
    return await endThenThrow(limitsRefused(spec, error), async () => {
      for (const directory of made) await removeCgroup(directory);
    });
  }
}

/** Tries limits out on a group without processes; null when they can be set, else the error a start would throw. */
export async function whyNoLimits(): Promise<StrataError | null> {
  const spec: NodeSpec = { name: 'probe', storage: 'disk', cpus: 1, memoryBytes: 64 * 1024 * 1024 };
  try {
    const group = await makeNodeCgroup(cgroupName(`probe-${randomUUID()}`, 'probe', 'probe'), spec);
    await group[Symbol.asyncDispose]();
    return null;
  } catch (error) {
    if (error instanceof StrataError) return error;
    throw error;
  }
}

/** Kills what is still in the group, then removes it. */
export async function removeCgroup(directory: string): Promise<void> {
  const wait = {
    what: `cgroup ${directory} to empty`,
    timeoutMs: 10_000,
    intervalMs: 5,
    signal: new AbortController().signal,
    code: 'STRATA-E407' as const,
    fix: `look at the processes in ${directory}/cgroup.procs`,
  };
  await waitFor(wait, async () => {
    for (const pid of pidsIn(directory)) signalIfThere(pid, 'SIGKILL');
    try {
      await rmdir(directory);
      return true;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return true;
      throw error;
    }
  });
}

interface Joined extends Controller {
  readonly directory: string;
}

async function join(controller: Controller, name: string, made: string[]): Promise<Joined> {
  const directory = path.join(controller.root, name);
  if (!made.includes(directory)) {
    await mkdir(directory);
    made.push(directory);
  }
  return { ...controller, directory };
}

/** Accounting is a help, not a limit: where it cannot be had, /proc is counted instead. */
async function joinAccounting(
  name: string,
  made: string[],
  mounts: readonly CgroupMount[],
): Promise<Joined | null> {
  try {
    return await join(locateController('cpuacct', mounts), name, made);
  } catch {
    return null;
  }
}

function limitCpu({ directory, version }: Joined, cpus: number): void {
  const quotaUs = Math.round(cpus * periodUs);
  if (version === 2) {
    writeFileSync(path.join(directory, 'cpu.max'), `${quotaUs} ${periodUs}`);
  } else {
    writeFileSync(path.join(directory, 'cpu.cfs_period_us'), String(periodUs));
    writeFileSync(path.join(directory, 'cpu.cfs_quota_us'), String(quotaUs));
  }
}

function limitMemory({ directory, version }: Joined, bytes: number): void {
  if (version === 2) {
    writeFileSync(path.join(directory, 'memory.max'), String(bytes));
    writeIfThere(path.join(directory, 'memory.swap.max'), '0');
  } else {
    writeFileSync(path.join(directory, 'memory.limit_in_bytes'), String(bytes));
    writeIfThere(path.join(directory, 'memory.memsw.limit_in_bytes'), String(bytes));
  }
}

function nodeCgroup(made: readonly string[], cpu: Joined | null, accounting: Joined | null): NodeCgroup {
  return {
    procsFiles: made.map((directory) => path.join(directory, 'cgroup.procs')),
    pids: () => [...new Set(made.flatMap(pidsIn))],
    throttledNs: () => (cpu === null ? null : throttledNsOf(cpu)),
    cpuNs: () => (accounting === null ? null : cpuNsOf(accounting)),
    [Symbol.asyncDispose]: async () => {
      for (const directory of made) await removeCgroup(directory);
    },
  };
}

function throttledNsOf({ directory, version }: Joined): number {
  return version === 1
    ? readCounter(path.join(directory, 'cpu.stat'), 'throttled_time')
    : readCounter(path.join(directory, 'cpu.stat'), 'throttled_usec') * 1000;
}

function cpuNsOf({ directory, version }: Joined): number {
  return version === 1
    ? Number(readFileSync(path.join(directory, 'cpuacct.usage'), 'utf8'))
    : readCounter(path.join(directory, 'cpu.stat'), 'usage_usec') * 1000;
}

function readCounter(file: string, key: string): number {
  const line = new RegExp(`^${key} (\\d+)$`, 'm').exec(readFileSync(file, 'utf8'));
  return Number(line?.[1] ?? 0);
}

function pidsIn(directory: string): number[] {
  try {
    const text = readFileSync(path.join(directory, 'cgroup.procs'), 'utf8');
    return text.split('\n').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function writeIfThere(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'EACCES') throw error;
  }
}

function limitsRefused(spec: NodeSpec, cause: unknown): StrataError {
  const asked = [
    ...(spec.cpus === undefined ? [] : [`${spec.cpus} cpus`]),
    ...(spec.memoryBytes === undefined ? [] : [`${spec.memoryBytes} bytes of memory`]),
  ];
  return new StrataError({
    code: 'STRATA-E303',
    message: `the process environment cannot limit node ${spec.name} to ${asked.join(' and ')} on this machine`,
    fix: 'run as root with a writable cgroup file system, take --env docker, or leave the limits out',
    cause,
  });
}
