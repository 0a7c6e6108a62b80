/** What each kind of fault does to the node it strikes, from its beginning to its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isPausable, type Node } from '../../environments/environment.ts';
import { hasDatabaseFaults, type DatabaseFaults } from '../../workloads/database-faults.ts';
import type { PreparedWorkload } from '../../workloads/workload.ts';
import type { Fault } from '../foundation/cell.ts';
import { StrataError } from '../foundation/errors.ts';

export interface Strike {
  readonly fault: Fault;
  readonly victim: Node;
  readonly prepared: PreparedWorkload;
  /** The whole node is about to be gone. */
  readonly nodeDies: () => void;
  /** Its database is about to be gone, for good. */
  readonly databaseDies: () => void;
  /** Tells what was done, at this moment. */
  readonly note: (text: string) => void;
  /** Aborts when a standstill is to end before its time, because the measurement is over. */
  readonly isOver: AbortSignal;
  /** Aborts when nothing of the trial is wanted any more. */
  readonly signal: AbortSignal;
}

export const strikes: Readonly<Record<Fault['kind'], (strike: Strike) => Promise<void>>> = {
  'kill-replica': killNode,
  'kill-store': killNode,
  'pause-replica': pauseNode,
  'kill-database': killDatabase,
};

async function killNode({ victim, nodeDies, note }: Strike): Promise<void> {
  nodeDies();
  note(`${victim.name} killed`);
  await victim.kill();
}

async function pauseNode(strike: Strike): Promise<void> {
  const { victim: node, note } = strike;
  if (!isPausable(node)) {
    throw new StrataError({
      code: 'STRATA-E505',
      message: `${node.name} cannot be paused: this environment has no such ability`,
      fix: 'choose kill-replica, or another environment',
    });
  }
  note(`${node.name} paused`);
  await node.pause();
  await duration(strike);
  await node.resume();
  note(`${node.name} resumed`);
}

async function killDatabase(strike: Strike): Promise<void> {
  const { fault, victim, databaseDies, note, signal } = strike;
  const databases = databasesOf(strike);
  const isForGood = fault.durationMs === undefined;
  if (isForGood) databaseDies();
  const killedMs = performance.now();
  note(`database of ${victim.name} killed${isForGood ? ' for good' : ''}`);
  await databases.killDatabase(victim.name);
  if (isForGood) {
    await databases.abandonDatabase(victim.name, signal);
    return;
  }
  await duration(strike);
  signal.throwIfAborted();
  await databases.restartDatabase(victim.name, signal);
  const awayS = ((performance.now() - killedMs) / 1000).toFixed(1);
  note(`database of ${victim.name} answers again, ${awayS} s after it was killed`);
}

function databasesOf({ prepared, victim }: Strike): DatabaseFaults {
  if (hasDatabaseFaults(prepared)) return prepared;
  throw new StrataError({
    code: 'STRATA-E505',
    message: `the database of ${victim.name} cannot be killed: this workload has none`,
    fix: 'choose kill-replica, or workload mysql',
  });
}

/** Until the fault's time has passed, or the measurement is over: never longer, and it never fails. */
async function duration({ fault, isOver }: Strike): Promise<void> {
  await sleep(fault.durationMs, undefined, { signal: isOver }).catch(() => undefined);
}
