/**
 * Names of what a run makes in this host's network. Links are found again by their alias, which holds the whole
 * run id; their names, at most 15 letters by the kernel's rule, hold a part of its hash.
 */
import { createHash } from 'node:crypto';

/** `strata` and six hex digits. */
export function bridgeName(runId: string): string {
  return `strata${runHash(runId).slice(0, 6)}`;
}

/** `index` has at most two digits. */
export function tapName(runId: string, index: number): string {
  return `${bridgeName(runId)}-${index}`;
}

/** Fixed, in the range for local use: a bridge without one takes that of a port, and changes it with its ports. */
export function bridgeMac(runId: string): string {
  const bytes = runHash(runId).slice(0, 10).match(/../g) ?? [];
  return ['02', ...bytes].join(':');
}

/** Its own for every guest of every run, in the range for local use. */
export function guestMac(runId: string, index: number): string {
  const bytes = runHash(runId).slice(0, 6).match(/../g) ?? [];
  const own = [(index >> 8) & 255, index & 255].map((byte) => byte.toString(16).padStart(2, '0'));
  return ['02', ...bytes, ...own].join(':');
}

export function aliasOf(runId: string): string {
  return `strata=${runId}`;
}

/** The run id in an alias or comment; null for anything that is not ours. */
export function runIdIn(alias: string): string | null {
  return /^strata=(\S+)$/.exec(alias.trim())?.[1] ?? null;
}

function runHash(runId: string): string {
  return createHash('sha256').update(runId).digest('hex');
}
