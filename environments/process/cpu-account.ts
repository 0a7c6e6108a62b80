/**
 * CPU time of a changing set of processes, as a sum that never shrinks. What a process used between the last look
 * and its end is counted when its parent in the set waited for it, and is lost otherwise.
 */
import type { ProcessRow } from './process-table.ts';

export interface CpuAccount {
  readonly totalTicks: number;
  /** Of processes that ended and whose parent does not answer for them. */
  readonly retiredTicks: number;
  readonly last: ReadonlyMap<string, ProcessRow>;
}

export const emptyAccount: CpuAccount = { totalTicks: 0, retiredTicks: 0, last: new Map() };

export function account(before: CpuAccount, rows: readonly ProcessRow[]): CpuAccount {
  const last = new Map(rows.map((row) => [`${row.pid}:${row.startTicks}`, row]));
  const stillThere = new Set([...before.last].flatMap(([key, row]) => (last.has(key) ? [row.pid] : [])));
  let retiredTicks = before.retiredTicks;
  for (const [key, row] of before.last) {
    // An ended child shows up in the waited-for time of its parent, as long as that is there.
    if (!last.has(key) && !stillThere.has(row.parent)) retiredTicks += row.ownTicks + row.waitedTicks;
  }
  const runningTicks = rows.reduce((sum, row) => sum + row.ownTicks + row.waitedTicks, 0);
  return { totalTicks: Math.max(before.totalTicks, retiredTicks + runningTicks), retiredTicks, last };
}
