/** What is known of the leadership: the latest claim, and the election records above it. */
import type { MemoryRecord } from '../../shared-memory/shared-memory.ts';
import { toleratedCrashes } from './config.ts';
import { decode, leaderKey, numberAt, numberWidth } from './records.ts';
import { resign } from './tenure.ts';
import type { ReplicaState } from './state.ts';

export function learnLeader(state: ReplicaState, { key, value, modRevision }: MemoryRecord): void {
  if (modRevision <= state.leader.modRevision) return;
  const items = decode(key, value, 3);
  noteLeader(state, numberAt(items, 0), numberAt(items, 1), modRevision);
}

/** A newer claim: it ends an own older one, settles elections up to its epoch and deserves its chance. */
export function noteLeader(state: ReplicaState, epoch: number, replica: number, modRevision: number): void {
  state.leader = { epoch, replica, modRevision };
  if (state.tenure !== null && state.tenure.fence !== modRevision) resign(state);
  for (const past of state.election.records.keys()) {
    if (past <= epoch) state.election.records.delete(past);
  }
  state.election.holdUntilMs = state.nowMs + state.config.leaderTimeoutMs;
  state.effects.push({ kind: 'leadership', epoch, replica });
}

export function learnElectionRecord(state: ReplicaState, { key, createRevision }: MemoryRecord): void {
  const at = state.config.prefix.length + 2;
  const epoch = Number(key.slice(at, at + numberWidth));
  const replica = Number(key.slice(at + numberWidth + 1));
  if (epoch <= state.leader.epoch) return;
  let records = state.election.records.get(epoch);
  if (records === undefined) {
    records = new Map();
    state.election.records.set(epoch, records);
  }
  records.set(replica, createRevision);
}

/** The incarnation that made the claim, as its record tells. */
export function claimedBy(record: MemoryRecord): { epoch: number; replica: number; incarnation: string } {
  const items = decode(record.key, record.value, 3);
  return { epoch: numberAt(items, 0), replica: numberAt(items, 1), incarnation: String(items[2]) };
}

/** Highest unclaimed epoch with f+1 election records; 0 = none. */
export function wonEpoch(state: ReplicaState): number {
  let won = 0;
  for (const [epoch, records] of state.election.records) {
    if (records.size > toleratedCrashes(state.config.replicas) && epoch > won) won = epoch;
  }
  return won;
}

/** The guard that the leadership has not changed since it was last seen. */
export function leaderUnchanged(state: ReplicaState): { key: string; modRevision: number } {
  return { key: leaderKey(state.config.prefix), modRevision: state.leader.modRevision };
}

/** The guard of everything only the leader of this claim may write. */
export function ownClaimStands(state: ReplicaState, fence: number): { key: string; modRevision: number } {
  return { key: leaderKey(state.config.prefix), modRevision: fence };
}
