/**
 * The leader gives requests their orders, one record for one request (plain) or for a run of them (grouped). Every
 * such write holds only while the leader's own claim stands and only where its record is not there yet, so that
 * trying again after a lost answer is harmless.
 */
import type { Commit, Guard, Operation, Transaction } from '../../shared-memory/shared-memory.ts';
import { ownClaimStands } from './claims.ts';
import { takeConfirmation } from './confirming.ts';
import type { ReplicaConfig } from './config.ts';
import { isEmpty, peekFirst, pushLast, sizeOf, takeFirst } from './fifo.ts';
import { awaitsCompany, endGathering, noteRound } from './gathering.ts';
import { learnOrders, learnRecords } from './learning.ts';
import { encodeOrder, leaderKey, orderKey } from './records.ts';
import { commit } from './state.ts';
import type { Entry, PendingRequest, ReplicaState, Tag, Tenure } from './state.ts';

type OrderTag = Extract<Tag, { kind: 'order' }>;

/** etcd takes 128 operations in a transaction; the rest of the garbage waits for the next one. */
const garbagePerTransaction = 32;

export function orderRequests(state: ReplicaState, tenure: Tenure): void {
  const { grouping } = state.config;
  endRounds(state, tenure);
  while (!isWindowFull(state.config, tenure) && !isEmpty(tenure.queue)) {
    if (grouping !== null && awaitsCompany(state, grouping)) return;
    const entries = takeEntries(tenure, grouping?.maxRequestsPerRecord ?? 1);
    if (entries.length === 0) return;
    endGathering(state);
    assign(state, tenure, tenure.nextOrder, entries);
    tenure.nextOrder += entries.length;
  }
}

/**
 * Orders below the highest one that no record holds: their writers were fenced off, for good. Pending requests
 * first, no-ops for the rest; all at once, because everything behind them waits.
 */
export function fillGaps(state: ReplicaState, tenure: Tenure): void {
  const longest = state.config.grouping?.maxRequestsPerRecord ?? 1;
  let order = state.executed + 1;
  while (order <= tenure.inheritedTo) {
    const from = order;
    while (order <= tenure.inheritedTo && order - from < longest && !state.slots.has(order)) order += 1;
    if (order === from) {
      order += 1;
      continue;
    }
    const entries = takeEntries(tenure, order - from);
    while (entries.length < order - from) entries.push({ client: null, sequence: 0, command: 'nop' });
    assign(state, tenure, from, entries);
  }
}

export function onOrdered(state: ReplicaState, tag: OrderTag, { succeeded, ranges }: Commit): void {
  const { tenure } = state;
  if (tenure !== null && tenure.fence === tag.fence) tenure.ordersInFlight -= 1;
  if (succeeded) learnOrders(state, tag.epoch, tag.from, tag.entries, state.config.replica);
  // Else a newer claim stands, or an earlier try was applied: what is there tells which.
  for (const records of ranges) learnRecords(state, records);
}

/** The very same transaction again: it holds at most once. A deposed leader lets go. */
export function retryOrder(state: ReplicaState, tag: OrderTag): void {
  if (state.tenure?.fence === tag.fence) commit(state, tag.transaction, tag);
}

/** Deletions of arrival records that were left behind by requests announced more than once. */
export function takeGarbage(tenure: Tenure): Operation[] {
  const operations: Operation[] = [];
  while (operations.length < garbagePerTransaction) {
    const key = takeFirst(tenure.garbage);
    if (key === undefined) break;
    operations.push({ op: 'delete', select: { key } });
  }
  return operations;
}

/** Grouped: what is ordered and not executed yet counts, so that groups grow with the time a round takes. */
function isWindowFull({ grouping, maxInFlight }: ReplicaConfig, tenure: Tenure): boolean {
  if (grouping === null) return tenure.ordersInFlight >= maxInFlight;
  return sizeOf(tenure.unexecuted) >= grouping.maxOrdersInFlight;
}

/** Each record that was executed ends a round. */
function endRounds(state: ReplicaState, { unexecuted }: Tenure): void {
  for (;;) {
    const first = peekFirst(unexecuted);
    if (first === undefined || first.to > state.executed) return;
    noteRound(state, first.sentAtMs);
    takeFirst(unexecuted);
  }
}

function takeEntries(tenure: Tenure, atMost: number): (PendingRequest | Entry)[] {
  const entries: (PendingRequest | Entry)[] = [];
  while (entries.length < atMost) {
    const request = takeFirst(tenure.queue);
    if (request === undefined) break;
    if (!request.settled) entries.push(request);
  }
  return entries;
}

function assign(
  state: ReplicaState,
  tenure: Tenure,
  from: number,
  entries: readonly (PendingRequest | Entry)[],
): void {
  const { fence, epoch } = tenure;
  const transaction = orderTransaction(state, tenure, from, entries);
  tenure.ordersInFlight += 1;
  if (state.config.grouping !== null) {
    pushLast(tenure.unexecuted, { to: from + entries.length - 1, sentAtMs: state.nowMs });
  }
  commit(state, transaction, { kind: 'order', fence, epoch, from, entries, transaction });
}

function orderTransaction(
  state: ReplicaState,
  tenure: Tenure,
  from: number,
  entries: readonly (PendingRequest | Entry)[],
): Transaction {
  const { prefix, replica, rules } = state.config;
  const key = orderKey(prefix, from + entries.length - 1, replica);
  const success: Operation[] = [{ op: 'put', key, value: encodeOrder(tenure.epoch, from, entries) }];
  for (const entry of entries) {
    if (!('arrivalKeys' in entry)) continue;
    entry.assignedBy = tenure.fence;
    for (const arrival of entry.arrivalKeys) success.push({ op: 'delete', select: { key: arrival } });
  }
  success.push(...takeConfirmation(state, tenure), ...takeGarbage(tenure));
  const guards: Guard[] = [{ key, absent: true }];
  if (rules.fencesOrders) guards.push(ownClaimStands(state, tenure.fence));
  const own = { op: 'range', select: { key } } as const;
  const leader = { op: 'range', select: { key: leaderKey(prefix) } } as const;
  return { guards, success, failure: [leader, own] };
}
