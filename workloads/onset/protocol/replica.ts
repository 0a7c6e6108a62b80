import { acknowledgeOrders, onAcknowledged, retryAcknowledgement } from './acknowledging.ts';
import { announceArrivals, onArrivalWritten, retryArrival } from './announcing.ts';
import type { ReplicaConfig } from './config.ts';
import { countCandidacies, onClaimed, onCounted, retryClaim, retryCount } from './claiming.ts';
import { onCandidacy, onLeaderTimer, onLooked, watchLeader } from './electing.ts';
import { executeReady } from './executing.ts';
import { learnRecord, learnRecords } from './learning.ts';
import { logHashText } from './log-hash.ts';
import type { ReplicaEffect, ReplicaEvent, TimerId } from './messages.ts';
import { onOrderTimer, onOrdered, orderRequests, retryOrder } from './ordering.ts';
import { onAcknowledgeTimer, onPostTimer, onPosted, postNews, retryPost } from './posting.ts';
import { receiveRequest } from './requests.ts';
import { onSnapshotWritten, retrySnapshot, takeSnapshot } from './snapshots.ts';
import { initialState, setTimer } from './state.ts';
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

/** Not at once: a shared memory in trouble is not helped by a busy loop. */
function onUnknown(state: ReplicaState, tag: Tag): void {
  if (state.retries.length === 0) setTimer(state, 'retry', state.config.retryMs);
  state.retries.push(tag);
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
    case 'post':
      onPostTimer(state);
      break;
    case 'order':
      onOrderTimer(state);
      break;
  }
}

function retryAll(state: ReplicaState): void {
  const tags = state.retries;
  state.retries = [];
  for (const tag of tags) retry(state, tag);
}

/** What an election only looked up needs no retry: its timer comes again. */
function retry(state: ReplicaState, tag: Tag): void {
  switch (tag.kind) {
    case 'order':
      retryOrder(state, tag);
      break;
    case 'acknowledge':
      retryAcknowledgement(state, tag);
      break;
    case 'arrival':
      retryArrival(state, tag);
      break;
    case 'post':
      retryPost(state, tag);
      break;
    case 'count':
      retryCount(state, tag);
      break;
    case 'claim':
      retryClaim(state, tag);
      break;
    case 'snapshot':
      retrySnapshot(state, tag);
      break;
    case 'look':
    case 'candidacy':
  }
}
