/**
 * Grouped variant: the leader tells the others up to which order f+1 records are there. They then need not hear of
 * every write of every register, which would be n² notifications a round; each reads the registers only now and then
 * (`onReadTimer`), and executes by its own count should the leader fall silent.
 */
import type { Commit, MemoryRecord, Operation, Transaction } from '../../shared-memory/shared-memory.ts';
import { ownClaimStands } from './claims.ts';
import { isEmpty } from './fifo.ts';
import { learnRecords } from './learning.ts';
import { confirmationKey, decode, encodeConfirmation, leaderKey, numberAt, registersOf } from './records.ts';
import { commit, setTimer } from './state.ts';
import type { ReplicaState, Tag, Tenure } from './state.ts';

type ConfirmTag = Extract<Tag, { kind: 'confirm' }>;

/** Rides on an ordering transaction; empty when there is no news. */
export function takeConfirmation(state: ReplicaState, tenure: Tenure): Operation[] {
  const { config } = state;
  const order = config.rules.confirmsExecuted ? state.executed : state.knownTo;
  if (config.grouping === null || config.replicas === 1 || order <= tenure.confirmedTo) return [];
  tenure.confirmedTo = order;
  return [{ op: 'put', key: confirmationKey(config.prefix), value: encodeConfirmation(order) }];
}

/** A transaction of its own unless one that orders goes soon: clients wait for their answers, and requests for them. */
export function confirmOrders(state: ReplicaState, tenure: Tenure): void {
  const ordersSoon = !isEmpty(tenure.queue) && !state.gathering.timerRunning;
  if (tenure.confirming || ordersSoon) return;
  const success = takeConfirmation(state, tenure);
  if (success.length === 0) return;
  tenure.confirming = true;
  const transaction: Transaction = {
    guards: [ownClaimStands(state, tenure.fence)],
    success,
    failure: [{ op: 'range', select: { key: leaderKey(state.config.prefix) } }],
  };
  commit(state, transaction, { kind: 'confirm', fence: tenure.fence });
}

export function onConfirmWritten(state: ReplicaState, { fence }: ConfirmTag, { ranges }: Commit): void {
  if (state.tenure?.fence === fence) state.tenure.confirming = false;
  for (const records of ranges) learnRecords(state, records);
}

/** Whatever became of it, the next one says as much or more. */
export function retryConfirm(state: ReplicaState, { fence }: ConfirmTag): void {
  if (state.tenure?.fence !== fence) return;
  Object.assign(state.tenure, { confirming: false, confirmedTo: 0 });
}

/** Older ones may come later: what they say stays true. */
export function learnConfirmation(state: ReplicaState, { key, value }: MemoryRecord): void {
  state.confirmedTo = Math.max(state.confirmedTo, numberAt(decode(key, value, 1), 0));
}

/** Starts the regular reading once something of the shared memory is known. */
export function readRegistersRegularly(state: ReplicaState): void {
  const { grouping, replicas } = state.config;
  if (grouping === null || replicas === 1 || state.readTimerRunning) return;
  state.readTimerRunning = true;
  setTimer(state, 'read', grouping.readMs);
}

/** The leader follows the registers and need not read them. */
export function onReadTimer(state: ReplicaState): void {
  state.readTimerRunning = false;
  readRegistersRegularly(state);
  if (state.tenure !== null || !state.config.rules.readsRegisters) return;
  const success: Operation[] = [{ op: 'range', select: registersOf(state.config.prefix) }];
  commit(state, { guards: [], success }, { kind: 'read' });
}
