/**
 * From records to facts. Every fact is monotone (an order's content, a replica's acknowledgement, the latest
 * claim), so late, repeated and reordered notifications merge to the same knowledge. Deletions carry no news: what
 * they remove is settled by a record of the same transaction.
 */
import { StrataError } from '../../../harness/foundation/errors.ts';
import type { MemoryRecord } from '../../shared-memory/shared-memory.ts';
import type { ClientCommand } from './counter.ts';
import { learnElectionRecord, learnLeader } from './claims.ts';
import { learnConfirmation } from './confirming.ts';
import { pushLast } from './fifo.ts';
import { commandAt, decode, numberAt, numberWidth, textAt } from './records.ts';
import { adopt, clientOf, pendingFor, settleOrdered, wanted } from './requests.ts';
import { learnSnapshot } from './snapshots.ts';
import type { Entry, ReplicaState } from './state.ts';

export function learnRecord(state: ReplicaState, record: MemoryRecord): void {
  switch (record.key.charAt(state.config.prefix.length)) {
    case 'o':
      learnOrderRecord(state, record);
      break;
    case 'a':
      learnArrival(state, record.key, record.value);
      break;
    case 't':
      learnPost(state, record);
      break;
    case 'c':
      learnConfirmation(state, record);
      break;
    case 'e':
      learnElectionRecord(state, record);
      break;
    case 'l':
      learnLeader(state, record);
      break;
    case 's':
      learnSnapshot(state, record);
      break;
    default:
  }
}

export function learnRecords(state: ReplicaState, records: readonly MemoryRecord[] | undefined): void {
  for (const record of records ?? []) learnRecord(state, record);
}

/** The orders from `from` on hold these entries, says `replica`'s own record of them. */
export function learnOrders(
  state: ReplicaState,
  epoch: number,
  from: number,
  entries: readonly Entry[],
  replica: number,
): void {
  for (const [index, entry] of entries.entries()) learnOrder(state, epoch, from + index, entry, replica);
}

export function learnArrival(state: ReplicaState, key: string, value: string): void {
  const items = decode(key, value, 3);
  const client = clientOf(state, textAt(items, 0));
  const sequence = numberAt(items, 1);
  const { tenure } = state;
  const ordered = sequence <= client.orderedSequence && state.config.rules.ordersOnce;
  const request = ordered ? null : pendingFor(state, client, sequence, commandAt(items, 2) as ClientCommand);
  if (request === null) {
    if (tenure !== null) pushLast(tenure.garbage, key);
    return;
  }
  if (tenure !== null && request.assignedBy === tenure.fence) pushLast(tenure.garbage, key);
  else if (!request.arrivalKeys.includes(key)) request.arrivalKeys.push(key);
  wanted(state, request);
}

function learnOrderRecord(state: ReplicaState, { key, value }: MemoryRecord): void {
  const at = state.config.prefix.length + 2;
  const to = Number(key.slice(at, at + numberWidth));
  if (to <= state.executed) return;
  const replica = Number(key.slice(at + numberWidth + 1));
  const known = state.slots.get(to);
  if (known !== undefined && (known.recordedBy & (1 << replica)) !== 0) return;
  const items = decode(key, value, 5);
  const [epoch, from] = [numberAt(items, 0), numberAt(items, 1)];
  for (let order = from, item = 2; order <= to; order += 1, item += 3) {
    const id = textAt(items, item);
    const entry = {
      client: id === '' ? null : clientOf(state, id),
      sequence: numberAt(items, item + 1),
      command: commandAt(items, item + 2),
    };
    learnOrder(state, epoch, order, entry, replica);
  }
}

function learnOrder(state: ReplicaState, epoch: number, order: number, entry: Entry, replica: number): void {
  if (order > state.highestOrder) state.highestOrder = order;
  if (order <= state.executed) return;
  let slot = state.slots.get(order);
  if (slot === undefined) {
    slot = { entry, epoch, seenAtMs: state.nowMs, recordedBy: 0, acknowledging: false };
    state.slots.set(order, slot);
    if (entry.client !== null) settleOrdered(entry.client, entry.sequence);
    if (state.config.grouping === null) pushLast(state.toAcknowledge, order);
  } else if (slot.entry.client !== entry.client || slot.entry.sequence !== entry.sequence) {
    throw twoRequests(order, slot.entry, entry);
  }
  slot.recordedBy |= 1 << replica;
}

function learnPost(state: ReplicaState, { key, value, modRevision }: MemoryRecord): void {
  const { config, post } = state;
  const replica = Number(key.slice(config.prefix.length + 2));
  const own = replica === config.replica;
  if (own && modRevision > post.modRevision) post.modRevision = modRevision;
  const items = decode(key, value, 1);
  const heldTo = numberAt(items, 0);
  if (heldTo > (state.heldTo[replica] ?? 0)) state.heldTo[replica] = heldTo;
  for (let item = 1; item < items.length; item += 3) {
    const client = clientOf(state, textAt(items, item));
    const sequence = numberAt(items, item + 1);
    if (sequence <= client.orderedSequence && config.rules.ordersOnce) continue;
    const request = pendingFor(state, client, sequence, commandAt(items, item + 2) as ClientCommand);
    if (request === null) continue;
    if (own) adopt(state, request, 'yes');
    wanted(state, request);
  }
}

function twoRequests(order: number, one: Entry, other: Entry): StrataError {
  const name = ({ client, sequence }: Entry) => (client === null ? 'no-op' : `${client.id}#${sequence}`);
  return new StrataError({
    code: 'STRATA-E523',
    message: `Order ${order} carries two requests: ${name(one)} and ${name(other)}.`,
    fix: 'Another program writes under the same prefix, or this is a fault of strata: keep the run and report it.',
  });
}
