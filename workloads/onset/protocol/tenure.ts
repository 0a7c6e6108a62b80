/** Taking and losing the leadership inside a replica. */
import { emptyFifo } from './fifo.ts';
import { gatherAnew } from './gathering.ts';
import { enlist, wanted } from './requests.ts';
import type { PendingRequest, ReplicaState } from './state.ts';

/**
 * Starts the tenure of a claim whose transaction wrote revision `fence`. All orders, arrivals and the snapshot as of
 * the claim or later have been learned; orders continue after the highest.
 */
export function takeOffice(state: ReplicaState, epoch: number, fence: number): void {
  state.tenure = {
    epoch,
    fence,
    inheritedTo: state.highestOrder,
    nextOrder: state.highestOrder + 1,
    ordersInFlight: 0,
    unexecuted: emptyFifo(),
    snapshotInFlight: false,
    confirmedTo: 0,
    confirming: false,
    queue: emptyFifo(),
    garbage: emptyFifo(),
  };
  state.mine = [];
  gatherAnew(state);
  attendToRegisters(state, true);
  for (const request of pendingRequests(state)) wanted(state, request);
}

/** A newer claim stands: what is still in flight fails at the fence. Own requests go the way of a non-leader. */
export function resign(state: ReplicaState): void {
  state.tenure = null;
  gatherAnew(state);
  attendToRegisters(state, false);
  if (!state.config.rules.announcesWhenDeposed) return;
  const regroup = state.config.grouping !== null;
  for (const request of pendingRequests(state)) {
    if (!request.mine) continue;
    if (regroup) request.announced = 'no';
    enlist(state, request);
  }
}

/** Only the leader is told of every register: it orders and confirms what they hold. */
function attendToRegisters({ config, effects }: ReplicaState, attends: boolean): void {
  if (config.grouping !== null && config.replicas > 1) effects.push({ kind: 'attend', attends });
}

/** Longest known first. */
function pendingRequests(state: ReplicaState): PendingRequest[] {
  const requests: PendingRequest[] = [];
  for (const { pending } of state.clients.values()) if (pending !== null) requests.push(pending);
  return requests.sort((a, b) => a.learnedAtMs - b.learnedAtMs);
}
