/**
 * Notices that a machine has failed under a trial: its QEMU was killed or crashed, its guest panicked, or the disk of
 * the host is full. Non-goal: a guest that merely does not answer, which only a deadline of whoever asks it can tell.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { StrataError } from '../../harness/foundation/errors.ts';
import type { Machine } from './machine.ts';

/** Aborts with the failure (E422, E445), once; not when the machine is killed on purpose. */
export function watchForFailure(machine: Machine): AbortSignal {
  const failed = new AbortController();
  const { lost, qmp, spec } = machine;
  lost.addEventListener('abort', () => failed.abort(lost.reason), { once: true });
  if (lost.aborted) failed.abort(lost.reason);
  // A machine whose disk cannot be written stands still: it is ended, and what ran in it hears why.
  qmp.on('BLOCK_IO_ERROR', ({ operation, nospace, reason, device }) => {
    failed.abort(
      new StrataError({
        code: 'STRATA-E445',
        message: `${spec.name} could not ${operation} its disk ${device}: ${reason}`,
        fix:
          nospace === true
            ? 'free space where the disks of the machines are (TMPDIR): df -h; strata clean'
            : 'see the log of QEMU in the log directory of the node',
      }),
    );
    void machine.kill();
  });
  return failed.signal;
}

/** A process that dies closes all its sockets at once; which of them is heard of first is chance. */
const closingMs = 500;

/** Then its end is certain, and on a busy machine heard of seconds later. */
const endingMs = 5_000;

/** What ended the machine, where that is why something else went wrong with it; else the error itself. */
export async function explained(error: unknown, machine: Machine, signal: AbortSignal): Promise<unknown> {
  const within = (ms: number) =>
    sleep(ms, 'late' as const, { signal, ref: false }).catch(() => 'late' as const);
  const isClosed = (await Promise.race([machine.qmp.closed, within(closingMs)])) !== 'late';
  if (isClosed) await Promise.race([machine.exited, within(endingMs)]);
  return machine.lost.aborted ? machine.lost.reason : error;
}
