import { acknowledgeOrders, onAcknowledged, retryAcknowledgement } from './acknowledging.ts';
import { announceArrivals, onArrivalWritten, retryArrival } from './announcing.ts';
import type { ReplicaConfig } from './config.ts';
import {
  countCandidacies,
  onCandidacy,
  onClaimed,
  onCounted,
  onLeaderTimer,
  onLooked,
  retryClaim,
  retryCount,
  watchLeader,
} from './electing.ts';
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
      return receiveRequest(state, event.client, event.sequence, event.command);
    case 'watch':
      return learnBatch(state, event.batch);
    case 'committed':
      return onCommitted(state, event.tag, event.commit);
    case 'unknown':
      return onUnknown(state, event.tag);
    case 'timer':
      return onTimer(state, event.timer);
    case 'synced':
      return learnRecords(state, event.records);
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
      return onOrdered(state, tag, commit);
    case 'acknowledge':
      return onAcknowledged(state, tag, commit);
    case 'arrival':
      return onArrivalWritten(state, tag);
    case 'post':
      return onPosted(state, tag, commit);
    case 'look':
      return onLooked(state, commit);
    case 'candidacy':
      return onCandidacy(state, tag, commit);
    case 'count':
      return onCounted(state, tag, commit);
    case 'claim':
      return onClaimed(state, tag, commit);
    case 'snapshot':
      return onSnapshotWritten(state, tag, commit);
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
      return onLeaderTimer(state);
    case 'retry':
      return retryAll(state);
    case 'acknowledge':
      return onAcknowledgeTimer(state);
    case 'post':
      return onPostTimer(state);
    case 'order':
      return onOrderTimer(state);
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
      return retryOrder(state, tag);
    case 'acknowledge':
      return retryAcknowledgement(state, tag);
    case 'arrival':
      return retryArrival(state, tag);
    case 'post':
      return retryPost(state, tag);
    case 'count':
      return retryCount(state, tag);
    case 'claim':
      return retryClaim(state, tag);
    case 'snapshot':
      return retrySnapshot(state, tag);
    case 'look':
    case 'candidacy':
  }
}
