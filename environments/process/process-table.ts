/**
 * The processes of this machine as `/proc` shows them, and the marks strata leaves in the environment of what it
 * spawns. Where there is no `/proc` the table is empty, and only process groups are known.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Kernel clock ticks in a second as shown to users (USER_HZ): 100 on every Linux that Node runs on. */
export const nsPerTick = 1e9 / 100;

export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** One letter as in proc(5): R, S, D, T (stopped), Z (zombie), … */
  readonly state: string;
  /** User and system time of the process itself. */
  readonly ownTicks: number;
  /** The same of its children that ended and were waited for, and of theirs. */
  readonly waitedTicks: number;
  /** Since boot; with the pid it names a process for good. */
  readonly startTicks: number;
}

export interface Marks {
  readonly runId: string;
  readonly trialId: string;
  readonly node: string;
}

export interface MarkedRow extends ProcessRow {
  /** Null for processes strata did not start. */
  readonly marks: Marks | null;
}

/** Environment variables that mark a process as belonging to a node. */
export function markVariables(marks: Marks): Record<string, string> {
  return { STRATA_RUN: marks.runId, STRATA_TRIAL: marks.trialId, STRATA_NODE: marks.node };
}

/** Reads all processes, giving way to other work now and then. Zombies are included. */
export type ReadTable = () => Promise<readonly MarkedRow[]>;

/** A reader that remembers the marks of processes it has seen, so that a look costs one small read a process. */
export function processTable(): ReadTable {
  let known = new Map<string, Marks | null>();
  return async () => {
    const seen: typeof known = new Map();
    const rows: MarkedRow[] = [];
    for (const [index, pid] of processIds().entries()) {
      if (index % 64 === 63) await nextTurn();
      const row = readRow(pid);
      if (row === null) continue;
      const key = `${pid}:${row.startTicks}`;
      // A child has the marks of its parent from birth, and this thread cannot look while it is itself spawning:
      // so what a process was when first seen, marked or not, it stays.
      const remembered = known.get(key);
      const marks = remembered === undefined ? readMarks(pid) : remembered;
      seen.set(key, marks);
      rows.push({ ...row, marks });
    }
    known = seen;
    return rows;
  };
}

/** Lets many askers within a short time share one look. */
export function sharedTable(table: ReadTable, maxAgeMs: number): ReadTable {
  let look: { readonly atMs: number; readonly rows: ReturnType<ReadTable> } | undefined;
  return () => {
    const nowMs = performance.now();
    if (look === undefined || nowMs - look.atMs > maxAgeMs) look = { atMs: nowMs, rows: table() };
    return look.rows;
  };
}

/** `VmRSS` of a process; 0 when it is gone or has no memory of its own. */
export function residentBytes(pid: number): number {
  const kiB = /^VmRSS:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`) ?? '')?.[1];
  return Number(kiB ?? 0) * 1024;
}

export function parseStat(pid: number, text: string): ProcessRow | null {
  // The command name in parentheses may itself hold spaces and parentheses: fields count from the last one.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const number = (index: number) => Number(fields[index]);
  if (state === undefined || fields.length < 22) return null;
  return {
    pid,
    state,
    parent: number(1),
    group: number(2),
    session: number(3),
    ownTicks: number(11) + number(12),
    waitedTicks: number(13) + number(14),
    startTicks: number(19),
  };
}

export function parseMarks(environ: string): Marks | null {
  const value = (name: string) =>
    environ
      .split('\0')
      .find((entry) => entry.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  if (!environ.includes('STRATA_RUN=')) return null;
  const [runId, trialId, node] = [value('STRATA_RUN'), value('STRATA_TRIAL'), value('STRATA_NODE')];
  return runId === undefined || trialId === undefined || node === undefined ? null : { runId, trialId, node };
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function readRow(pid: number): ProcessRow | null {
  const text = readProc(`${pid}/stat`);
  return text === null ? null : parseStat(pid, text);
}

function readMarks(pid: number): Marks | null {
  return parseMarks(readProc(`${pid}/environ`) ?? '');
}

/** Null when the process has ended meanwhile or belongs to somebody else. */
function readProc(name: string): string | null {
  try {
    return readFileSync(`/proc/${name}`, 'utf8');
  } catch {
    return null;
  }
}
