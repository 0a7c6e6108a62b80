/** Removing what killed harnesses left: processes first, so that nothing writes into directories as they go. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../../harness/foundation/deadline.ts';
import type { Leftover } from '../environment.ts';
import { removeCgroup } from './cgroup.ts';
import { parseCgroupName, strataCgroups } from './cgroup-mounts.ts';
import { reapDirectories } from './directories.ts';
import { signalIfThere } from './group.ts';
import { reapPortLeases } from './port-leases.ts';
import { processTable } from './process-table.ts';

export async function reapProcesses(
  isLive: (runId: string) => boolean,
  signal: AbortSignal,
): Promise<readonly Leftover[]> {
  const processes = await reapMarkedProcesses(isLive, signal);
  const groups = await reapCgroups(isLive);
  const directories = await reapDirectories(isLive);
  return [...processes, ...groups, ...directories, ...(await reapPortLeases(isLive))];
}

async function reapMarkedProcesses(
  isLive: (runId: string) => boolean,
  signal: AbortSignal,
): Promise<Leftover[]> {
  const table = processTable();
  const removed = new Map<number, Leftover>();
  const wait = {
    what: 'the processes of dead runs to die',
    timeoutMs: 10_000,
    intervalMs: 5,
    signal,
    code: 'STRATA-E407' as const,
    fix: 'look for processes in state D (`ps -eo pid,stat,args`): they wait for the kernel and cannot be ended',
  };
  await waitFor(wait, async () => {
    let found = 0;
    for (const { pid, state, marks } of await table()) {
      // A harness that itself runs on a node carries the marks of that node: it never ends itself.
      if (marks === null || state === 'Z' || pid === process.pid || isLive(marks.runId)) continue;
      signalIfThere(pid, 'SIGKILL');
      found += 1;
      const name = `process ${pid} of node ${marks.node}, trial ${marks.trialId}`;
      removed.set(pid, { kind: 'process', name, runId: marks.runId });
    }
    return found === 0 ? true : undefined;
  });
  return [...removed.values()];
}

/** What another user's run left is theirs to remove, or root's. */
function isOwn(directory: string): boolean {
  const uid = process.getuid?.();
  return uid === 0 || statSync(directory, { throwIfNoEntry: false })?.uid === uid;
}

async function reapCgroups(isLive: (runId: string) => boolean): Promise<Leftover[]> {
  const removed: Leftover[] = [];
  for (const directory of await strataCgroups()) {
    const runId = parseCgroupName(path.basename(directory));
    if (runId === null || isLive(runId) || !isOwn(directory)) continue;
    await removeCgroup(directory);
    removed.push({ kind: 'directory', name: directory, runId });
  }
  return removed;
}
