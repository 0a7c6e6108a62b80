/**
 * Telling a process from a later one with the same number: the pid together with its start time and the boot it
 * belongs to. Linux only; elsewhere a process is known by its pid alone, which is said by `startTicks: null`.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { errnoOf } from './errno.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** Field 22 of `/proc/<pid>/stat`, clock ticks since boot; null where there is no /proc. */
  readonly startTicks: number | null;
  /** `/proc/sys/kernel/random/boot_id`; null where there is no /proc. */
  readonly bootId: string | null;
  /** `/proc/self/ns/pid`: pids of another namespace say nothing here; null where there is no /proc. */
  readonly pidNamespace: string | null;
}

export function ownIdentity(): ProcessIdentity {
  const { bootId, pidNamespace } = hereAndNow();
  return { pid: process.pid, startTicks: startTicksOf(process.pid), bootId, pidNamespace };
}

/**
 * Whether that very process is running. In doubt (another pid namespace, an unreadable /proc) the answer is yes,
 * because the answer no lets a reaper loose on it.
 */
export function isRunning(identity: ProcessIdentity): boolean {
  const here = hereAndNow();
  if (identity.bootId !== here.bootId) return false;
  if (identity.pidNamespace !== here.pidNamespace) return true;
  if (!exists(identity.pid)) return false;
  const startTicks = startTicksOf(identity.pid);
  return startTicks === null || identity.startTicks === null || startTicks === identity.startTicks;
}

function hereAndNow(): Pick<ProcessIdentity, 'bootId' | 'pidNamespace'> {
  return {
    bootId: orNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
  };
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}

function startTicksOf(pid: number): number | null {
  const stat = orNull(() => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The command name in parentheses may itself hold spaces and parentheses: fields count from the last one.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return ticks === undefined ? null : Number(ticks);
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
