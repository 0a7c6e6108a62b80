/** Where the kernel's control groups are mounted, of either version. */
import { readFileSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

export type ControllerName = 'cpu' | 'cpuacct' | 'memory';

export interface Controller {
  readonly version: 1 | 2;
  readonly root: string;
}

/** Throws an Error that says what is missing. */
export function locateController(
  name: ControllerName,
  mounts: readonly CgroupMount[] = readMounts(),
): Controller {
  const own = mounts.find((mount) => mount.version === 1 && mount.options.includes(name));
  if (own !== undefined) return { version: 1, root: own.root };
  const unified = mounts.find((mount) => mount.version === 2);
  if (unified === undefined) throw new Error(`no cgroup mount offers the ${name} controller`);
  enable(unified.root, name === 'cpuacct' ? 'cpu' : name);
  return { version: 2, root: unified.root };
}

/** All groups, of all mounts, that strata made: absolute directories. */
export async function strataCgroups(mounts: readonly CgroupMount[] = readMounts()): Promise<string[]> {
  const roots = [...new Set(mounts.map((mount) => mount.root))];
  const perRoot = roots.map(async (root) => {
    const names = await readdir(root).catch(() => []);
    return names.filter((name) => parseCgroupName(name) !== null).map((name) => path.join(root, name));
  });
  return (await Promise.all(perRoot)).flat();
}

/** `@` occurs in no name of a run, trial or node. */
export function cgroupName(runId: string, trialId: string, node: string): string {
  return `strata-${runId}@${trialId}@${node}`;
}

/** The run that a group belongs to; null for groups of others. */
export function parseCgroupName(name: string): string | null {
  return /^strata-([^@]+)@[^@]+@[^@]+$/.exec(name)?.[1] ?? null;
}

export interface CgroupMount {
  readonly version: 1 | 2;
  readonly root: string;
  readonly options: readonly string[];
}

/** 1 or 2 where a cgroup file system is mounted; null elsewhere. Version 1 wins where both are. */
export function cgroupVersion(mounts: readonly CgroupMount[] = readMounts()): 1 | 2 | null {
  if (mounts.some((mount) => mount.version === 1)) return 1;
  return mounts.length > 0 ? 2 : null;
}

export function parseMounts(text: string): CgroupMount[] {
  return text.split('\n').flatMap((line) => {
    const [, root, type, options] = line.split(' ');
    if (root === undefined || options === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    return [{ version: type === 'cgroup' ? (1 as const) : (2 as const), root, options: options.split(',') }];
  });
}

export function readMounts(): CgroupMount[] {
  try {
    return parseMounts(readFileSync('/proc/mounts', 'utf8'));
  } catch {
    return [];
  }
}

/** Version 2 hands a controller down only where the parent says so. */
function enable(root: string, controller: 'cpu' | 'memory'): void {
  const available = readFileSync(path.join(root, 'cgroup.controllers'), 'utf8').split(/\s+/);
  if (!available.includes(controller)) throw new Error(`${root} does not offer the ${controller} controller`);
  const handedDown = path.join(root, 'cgroup.subtree_control');
  if (readFileSync(handedDown, 'utf8').split(/\s+/).includes(controller)) return;
  writeFileSync(handedDown, `+${controller}`);
}
