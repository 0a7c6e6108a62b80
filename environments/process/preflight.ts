/** Tries by doing what a run in the process environment needs: directories, a port, a process. */
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { claimTrialDirectory, removeEmptyRunDirectories, removeTrialDirectories } from './directories.ts';
import { openPortLeases } from './port-leases.ts';
import { registerLiveRun } from '../live-runs.ts';
import { StrataError } from '../../harness/foundation/errors.ts';

export async function preflightProcess(signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const runId = `preflight-${randomUUID()}`;
  // Said to be alive, so that no reaper takes the probe for a leftover while it is made.
  const live = await registerLiveRun(runId);
  try {
    await claimTrialDirectory(runId, 'probe');
    await using leases = await openPortLeases(runId);
    await leases.take();
    requireProcesses();
  } finally {
    await removeTrialDirectories(runId, 'probe');
    await removeEmptyRunDirectories(runId);
    await live[Symbol.asyncDispose]();
  }
}

function requireProcesses(): void {
  const probe = spawnSync('/bin/sh', ['-c', 'exit 0'], { timeout: 5_000 });
  if (probe.status === 0) return;
  throw new StrataError({
    code: 'STRATA-E309',
    message: `this machine cannot start /bin/sh (exit ${probe.status ?? 'none'})`,
    fix: 'see the cause; raise the limit of processes (`ulimit -u`) if that is what it says',
    ...(probe.error === undefined ? {} : { cause: probe.error }),
  });
}
