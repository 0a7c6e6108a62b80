/**
 * A replica that sees an ordered record adds its own, unless f+1 are there already (paper, section 3.3). Plain: one
 * record per order. Grouped: the replica's register says up to which order it holds everything, see posting.ts.
 */
import type { Commit } from '../../shared-memory/shared-memory.ts';
import { isEmpty, pushLast, takeFirst } from './fifo.ts';
import { hasQuorum } from './executing.ts';
import { learnOrders } from './learning.ts';
import { encodeOrder, orderKey } from './records.ts';
import { commit } from './state.ts';
import type { ReplicaState, Slot, Tag } from './state.ts';

type AcknowledgeTag = Extract<Tag, { kind: 'acknowledge' }>;

export function acknowledgeOrders(state: ReplicaState): void {
  while (!isEmpty(state.toAcknowledge) && state.acknowledgementsInFlight < state.config.maxInFlight) {
    const order = takeFirst(state.toAcknowledge);
    const slot = order === undefined ? undefined : state.slots.get(order);
    if (order === undefined || slot === undefined || !lacksOwnRecord(state, order, slot)) continue;
    slot.acknowledging = true;
    state.acknowledgementsInFlight += 1;
    writeOwnRecord(state, order, slot);
  }
}

export function onAcknowledged(state: ReplicaState, { order }: AcknowledgeTag, { succeeded }: Commit): void {
  state.acknowledgementsInFlight -= 1;
  const slot = state.slots.get(order);
  if (!succeeded || slot === undefined) return;
  learnOrders(state, slot.epoch, order, [slot.entry], state.config.replica);
}

/** Tried again while the order still lacks f+1 records. */
export function retryAcknowledgement(state: ReplicaState, { order }: AcknowledgeTag): void {
  state.acknowledgementsInFlight -= 1;
  const slot = state.slots.get(order);
  if (slot === undefined) return;
  slot.acknowledging = false;
  pushLast(state.toAcknowledge, order);
}

function lacksOwnRecord(state: ReplicaState, order: number, slot: Slot): boolean {
  const own = (slot.recordedBy & (1 << state.config.replica)) !== 0;
  return !own && !slot.acknowledging && !hasQuorum(state, order, slot);
}

function writeOwnRecord(state: ReplicaState, order: number, slot: Slot): void {
  const { prefix, replica } = state.config;
  const value = encodeOrder(slot.epoch, order, [slot.entry]);
  const put = { op: 'put', key: orderKey(prefix, order, replica), value } as const;
  commit(state, { guards: [], success: [put] }, { kind: 'acknowledge', order });
}
