/**
 * All processes of one node: the groups it was asked to start, what they started, and what left those groups. The
 * last are found by the marks in their environment. A process that both left its group and wiped its environment
 * is out of reach without a cgroup.
 */
import { waitFor } from '../../harness/foundation/deadline.ts';
import { signalIfThere, type ProcessGroup } from './group.ts';
import type { MarkedRow, Marks, ReadTable } from './process-table.ts';

export interface Family {
  readonly marks: Marks;
  readonly groups: Set<ProcessGroup>;
  /** Pids in the node's cgroup; none without one. */
  readonly cgroupPids: () => readonly number[];
}

const killLimitMs = 10_000;

/** Rows of living processes that belong to one of the families. */
export async function membersOf(
  families: readonly Family[],
  table: ReadTable,
): Promise<readonly MarkedRow[]> {
  const rows = await table();
  const keys = new Set(families.map((family) => keyOf(family.marks)));
  // A number is sure to mean our group only while its leader runs; after that the marks must tell.
  const groups = new Set(families.flatMap(runningGroups).map((group) => group.pid));
  const inCgroup = new Set(families.flatMap((family) => family.cgroupPids()));
  const belongs = (row: MarkedRow) =>
    row.marks === null
      ? groups.has(row.group) || groups.has(row.session) || inCgroup.has(row.pid)
      : keys.has(keyOf(row.marks));
  return rows.filter((row) => row.state !== 'Z' && belongs(row));
}

/** SIGKILL to everything, again and again until nothing is left, since what is being killed may still fork. */
export async function endFamilies(families: readonly Family[], table: ReadTable): Promise<void> {
  const groups = families.flatMap(runningGroups);
  for (const group of groups) group.signal('SIGKILL');
  const names = families.map((family) => family.marks.node).join(', ');
  await waitUntil(`the processes of ${names} to die`, async () => {
    const members = await membersOf(families, table);
    for (const member of members) signalIfThere(member.pid, 'SIGKILL');
    return members.length === 0;
  });
  await Promise.all(groups.map((group) => group.exited));
}

/** SIGSTOP until every process stands still. */
export async function stopFamily(family: Family, table: ReadTable): Promise<void> {
  for (const group of runningGroups(family)) group.signal('SIGSTOP');
  await waitUntil(`the processes of ${family.marks.node} to stand still`, async () => {
    const moving = (await membersOf([family], table)).filter((row) => row.state !== 'T');
    for (const row of moving) signalIfThere(row.pid, 'SIGSTOP');
    return moving.length === 0;
  });
}

export async function continueFamily(family: Family, table: ReadTable): Promise<void> {
  for (const group of runningGroups(family)) group.signal('SIGCONT');
  for (const row of await membersOf([family], table)) signalIfThere(row.pid, 'SIGCONT');
}

function runningGroups(family: Family): ProcessGroup[] {
  return [...family.groups].filter((group) => group.running());
}

function keyOf(marks: Marks): string {
  return JSON.stringify([marks.runId, marks.trialId, marks.node]);
}

/** Teardown is not called off by the signal that called for it, so there is only the time limit. */
async function waitUntil(what: string, done: () => Promise<boolean>): Promise<void> {
  await waitFor(
    {
      what,
      timeoutMs: killLimitMs,
      intervalMs: 5,
      signal: new AbortController().signal,
      code: 'STRATA-E407',
      fix: 'look for processes in state D (`ps -eo pid,stat,args`): they wait for the kernel and cannot be ended',
    },
    async () => ((await done()) ? true : undefined),
  );
}
