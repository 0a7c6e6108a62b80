/** Strictly in order, each order with f+1 records, each request once. */
import { applyCommand } from './counter.ts';
import { expectAgain, noteRound } from './gathering.ts';
import { extendLogHash } from './log-hash.ts';
import { answerIfExecuted } from './requests.ts';
import type { Entry, ReplicaState, Slot } from './state.ts';

/** Executes what can be executed and keeps `knownTo`. */
export function executeReady(state: ReplicaState): void {
  let last: Slot | undefined;
  for (;;) {
    const order = state.executed + 1;
    const slot = state.slots.get(order);
    if (slot === undefined || !hasQuorum(state, order, slot)) break;
    state.slots.delete(order);
    state.executed = order;
    execute(state, order, slot.entry);
    last = slot;
  }
  if (last !== undefined && state.tenure === null) noteRound(state, last.seenAtMs);
  if (state.knownTo < state.executed) state.knownTo = state.executed;
  while (state.slots.has(state.knownTo + 1)) state.knownTo += 1;
}

/** f+1 distinct replicas have a record of the order: they were seen, or a leader says so. */
export function hasQuorum(state: ReplicaState, order: number, slot: Slot): boolean {
  if (order <= state.confirmedTo) return true;
  let count = 0;
  for (let replica = 0; replica < state.config.replicas; replica += 1) {
    const recorded = (slot.recordedBy & (1 << replica)) !== 0 || (state.heldTo[replica] ?? 0) >= order;
    if (recorded && ++count >= state.quorum) return true;
  }
  return false;
}

function execute(state: ReplicaState, order: number, { client, sequence, command }: Entry): void {
  extendLogHash(state.hash, order, client?.hash ?? 0, sequence, command);
  const repeated = client !== null && sequence <= client.executedSequence && state.config.rules.executesOnce;
  const applied = client !== null && !repeated;
  if (applied) {
    state.counter = applyCommand(state.counter, command);
    state.executedRequests += 1;
    client.executedSequence = sequence;
    client.result = state.counter;
    client.resultOrder = order;
  }
  if (state.config.reportExecutions) {
    const { counter } = state;
    const id = client?.id ?? '';
    state.effects.push({ kind: 'executed', order, client: id, sequence, command, applied, counter });
  }
  if (client === null) return;
  if (state.tenure !== null || client.awaitedSequence === sequence) expectAgain(state, client);
  if (client.awaitedSequence !== 0) answerIfExecuted(state, client);
}
