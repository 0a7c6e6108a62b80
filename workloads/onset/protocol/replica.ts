/**
 * ONSET (paper `onset`, section 3.3): state machine replication ordered through a shared memory, as a pure state
 * machine. Goal: every rule of the protocol, for plain and grouped records alike, with no clock, I/O or chance inside.
 * Non-goal: how transactions, timers and clients are served; that is the shell's.
 *
 * An event first adds facts (learning.ts), then the rules run over what is known (`proceed`). Facts are monotone, so
 * notifications may be late, repeated or reordered. The paper leaves leader changes open; this is how they are safe.
 *
 * Safety.
 *  S1 One order, one request. Orders are written only by transactions guarded by modRevision(`leader`) = the writer's
 *     own claim. A claim changes that revision, so after it no write of an older leader can succeed, however late it
 *     lands. The claim itself reads, in the same transaction, all ordered records and the snapshot; hence the claimant
 *     knows every order that was or ever will be assigned by its predecessors, continues after the highest, and fills
 *     those below that are in neither. Within a tenure each order is handed out once; a retry is the same transaction,
 *     guarded by the absence of its record. A record that comes back after its deletion (a straggling retry or
 *     acknowledgement) has the same content and lies below the snapshot, where nobody looks.
 *  S2 Acknowledgements copy content that S1 made final, so they need no fence. A register (grouped) is guarded by the
 *     version it replaces and never goes back.
 *  S3 A replica executes order k only after k−1 and with f+1 records of k, or takes over a snapshot, which is the state
 *     after exactly the orders up to its own. Snapshots are written by the leader over its executed prefix, fenced, and
 *     guarded by the snapshot they replace. So equal `executed` means equal counter, client table and log hash. In the
 *     grouped variant a leader says how far it has executed (confirming.ts): that up to there f+1 records were written
 *     stays true whoever said it, however late it is heard, and stands for having seen them.
 *  S4 Exactly once. The client table (last executed sequence and its result) is part of the replicated state: a
 *     request at two orders takes effect at the first and is a no-op at the second, on every replica alike.
 *  S5 Linearizable. Every command, `get` too, has an order. A request sent after an answer was given gets a higher
 *     order: the answered one was assigned already, and S1 never assigns at or below an assigned order except in gaps,
 *     which lie above everything executed anywhere, hence above everything answered.
 *
 * Liveness, with at most f replicas down, a shared memory that answers in the end, and clients that re-send.
 *  L1 A request known to a live replica is in the memory in the end (its receiver writes until it is settled; a deposed
 *     leader too), so every live replica runs its timer for it. The timer also watches an order that cannot execute
 *     because an earlier one is missing: its request has an order, yet needs a leader as much (not in the paper).
 *  L2 An expired timer makes a candidate for epoch 1 + max(highest claimed, highest with f+1 candidacies). Live replicas
 *     see the same records in the end, hence stand for the same epoch, and they are f+1. Its first candidate claims. If
 *     that one is dead, the epoch has f+1 candidacies, and the next expiry goes on to the next one.
 *  L3 A candidacy is written after one more look at the memory and only under the leader just seen, and f+1 are needed:
 *     a lone replica that stood still can neither depose a healthy leader nor, as later epochs pass it by, block one.
 *  L4 A known order gets f+1 records: whoever holds fewer writes its own until it has them. In the grouped variant the f
 *     replicas after the leader do so at once and the others after a delay, which costs time, never progress.
 *  L5 Grouped: only the leader hears of the registers at once. All others read them every `readMs`, which is a late
 *     notification and no more: L1 to L4 hold, and what a dead leader did not confirm executes by its records.
 *  L6 Grouped: a request waits for company (gathering.ts) a quarter of the leader timer at most, here and at the leader.
 */
import { acknowledgeOrders, onAcknowledged } from './acknowledging.ts';
import { announceArrivals, onArrivalWritten } from './announcing.ts';
import type { ReplicaConfig } from './config.ts';
import { countCandidacies, onClaimed, onCounted } from './claiming.ts';
import { confirmOrders, onConfirmWritten, onReadTimer, readRegistersRegularly } from './confirming.ts';
import { onCandidacy, onLeaderTimer, onLooked, watchLeader } from './electing.ts';
import { executeReady } from './executing.ts';
import { onGatherTimer } from './gathering.ts';
import { learnRecord, learnRecords } from './learning.ts';
import { logHashText } from './log-hash.ts';
import type { ReplicaEffect, ReplicaEvent, TimerId } from './messages.ts';
import { onOrdered, orderRequests } from './ordering.ts';
import { onAcknowledgeTimer, onPosted, postNews } from './posting.ts';
import { receiveRequest } from './requests.ts';
import { onSnapshotWritten, takeSnapshot } from './snapshots.ts';
import { initialState } from './initial-state.ts';
import { onUnknown, retryAll } from './retrying.ts';
import type { ReplicaState, Tag } from './state.ts';
import type { Commit, WatchBatch } from '../../shared-memory/shared-memory.ts';

export function createReplica(config: ReplicaConfig): ReplicaState {
  return initialState(config);
}

/**
 * Takes one event at `nowMs` (any clock that never goes back) and returns what the shell has to do, in order.
 * Changes `state` in place. Throws StrataError E522–E524 when the shared memory holds what cannot be: the replica
 * must then stop.
 */
export function step(state: ReplicaState, event: ReplicaEvent, nowMs: number): ReplicaEffect[] {
  state.nowMs = nowMs;
  take(state, event);
  proceed(state);
  const { effects } = state;
  state.effects = [];
  return effects;
}

/** What a replica shows of itself to verification. */
export function replicaStatus(state: ReplicaState): {
  executed: number;
  executedRequests: number;
  counter: number;
  hash: string;
  epoch: number;
  leader: number;
} {
  const { executed, executedRequests, counter, leader } = state;
  const hash = logHashText(state.hash);
  return { executed, executedRequests, counter, hash, epoch: leader.epoch, leader: leader.replica };
}

function take(state: ReplicaState, event: ReplicaEvent): void {
  switch (event.kind) {
    case 'request':
      receiveRequest(state, event.client, event.sequence, event.command);
      break;
    case 'watch':
      learnBatch(state, event.batch);
      break;
    case 'committed':
      onCommitted(state, event.tag, event.commit);
      break;
    case 'unknown':
      onUnknown(state, event.tag);
      break;
    case 'timer':
      onTimer(state, event.timer);
      break;
    case 'synced':
      learnRecords(state, event.records);
      readRegistersRegularly(state);
      break;
  }
}

/** The rules, applied to what is known now. Each does nothing when nothing changed for it. */
function proceed(state: ReplicaState): void {
  executeReady(state);
  const { tenure } = state;
  const { grouping } = state.config;
  if (tenure !== null) {
    orderRequests(state, tenure);
    confirmOrders(state, tenure);
    takeSnapshot(state, tenure);
  }
  if (grouping === null) {
    announceArrivals(state);
    acknowledgeOrders(state);
  } else {
    postNews(state, grouping);
  }
  countCandidacies(state);
  watchLeader(state);
}

function learnBatch(state: ReplicaState, batch: WatchBatch): void {
  for (const event of batch.events) if (event.kind === 'put') learnRecord(state, event.record);
}

function onCommitted(state: ReplicaState, tag: Tag, commit: Commit): void {
  switch (tag.kind) {
    case 'order':
      onOrdered(state, tag, commit);
      break;
    case 'acknowledge':
      onAcknowledged(state, tag, commit);
      break;
    case 'arrival':
      onArrivalWritten(state, tag);
      break;
    case 'post':
      onPosted(state, tag, commit);
      break;
    case 'confirm':
      onConfirmWritten(state, tag, commit);
      break;
    case 'read':
      for (const records of commit.ranges) learnRecords(state, records);
      break;
    case 'look':
      onLooked(state, commit);
      break;
    case 'candidacy':
      onCandidacy(state, tag, commit);
      break;
    case 'count':
      onCounted(state, tag, commit);
      break;
    case 'claim':
      onClaimed(state, tag, commit);
      break;
    case 'snapshot':
      onSnapshotWritten(state, tag, commit);
      break;
  }
}

function onTimer(state: ReplicaState, timer: TimerId): void {
  switch (timer) {
    case 'leader':
      onLeaderTimer(state);
      break;
    case 'retry':
      retryAll(state);
      break;
    case 'acknowledge':
      onAcknowledgeTimer(state);
      break;
    case 'gather':
      onGatherTimer(state);
      break;
    case 'read':
      onReadTimer(state);
      break;
  }
}
