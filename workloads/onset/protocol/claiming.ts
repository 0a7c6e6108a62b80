/**
 * Taking the leadership: at f+1 candidacies the complete set is read and the lowest create revision claims, guarded by
 * the leader record that was read with the set. The claim reads, in the same transaction, every order ever assigned.
 */
import type { Commit, Operation, Transaction } from '../../shared-memory/shared-memory.ts';
import { claimedBy, leaderUnchanged, noteLeader, wonEpoch } from './claims.ts';
import { executeReady } from './executing.ts';
import { learnRecords } from './learning.ts';
import { fillGaps } from './ordering.ts';
import { electionsUpTo, leaderKey, registersOf, snapshotKey } from './records.ts';
import { commit } from './state.ts';
import type { ReplicaState, Tag } from './state.ts';
import { takeOffice } from './tenure.ts';

type TagOf<Kind extends Tag['kind']> = Extract<Tag, { kind: Kind }>;

/** f+1 candidacies are known: notifications may have overtaken one another, so read the complete set. */
export function countCandidacies(state: ReplicaState): void {
  const epoch = wonEpoch(state);
  if (epoch <= state.election.countedEpoch) return;
  state.election.countedEpoch = epoch;
  state.election.holdUntilMs = state.nowMs + state.config.leaderTimeoutMs;
  if (!state.config.rules.rereadsElection) {
    claimIfWinner(state, epoch);
    return;
  }
  const { prefix } = state.config;
  const success: Operation[] = [
    { op: 'range', select: { key: leaderKey(prefix) } },
    { op: 'range', select: { prefix: `${prefix}e/` } },
  ];
  commit(state, { guards: [], success }, { kind: 'count', epoch });
}

export function onCounted(state: ReplicaState, { epoch }: TagOf<'count'>, { ranges }: Commit): void {
  for (const records of ranges) learnRecords(state, records);
  if (epoch === wonEpoch(state)) claimIfWinner(state, epoch);
}

export function retryCount(state: ReplicaState, { epoch }: TagOf<'count'>): void {
  if (state.election.countedEpoch === epoch) state.election.countedEpoch = 0;
}

/** After a lost answer the failure branch tells whether the claim stands, with the same knowledge. */
export function onClaimed(state: ReplicaState, { epoch }: TagOf<'claim'>, commit: Commit): void {
  state.election.claiming = false;
  const { replica, incarnation } = state.config;
  let fence = commit.revision;
  if (!commit.succeeded) {
    const record = commit.ranges[0]?.[0];
    const holder = record === undefined ? undefined : claimedBy(record);
    learnRecords(state, commit.ranges[0]);
    const own = holder?.epoch === epoch && holder.replica === replica && holder.incarnation === incarnation;
    if (!own || record === undefined) return;
    fence = record.modRevision;
  }
  if (state.leader.modRevision < fence) noteLeader(state, epoch, replica, fence);
  if (state.leader.modRevision > fence) return;
  for (const records of commit.ranges) learnRecords(state, records);
  executeReady(state);
  takeOffice(state, epoch, fence);
  // Once more, as the leader: arrivals of requests that have an order are garbage of this tenure.
  learnRecords(state, commit.ranges[1]);
  if (state.tenure !== null && state.config.rules.fillsGaps) fillGaps(state, state.tenure);
}

export function retryClaim(state: ReplicaState, tag: TagOf<'claim'>): void {
  if (state.leader.epoch <= tag.epoch) commit(state, tag.transaction, tag);
  else state.election.claiming = false;
}

function claimIfWinner(state: ReplicaState, epoch: number): void {
  const { config, election, leader } = state;
  const records = election.records.get(epoch);
  if (records === undefined || leader.epoch >= epoch || election.claiming) return;
  const winner = [...records].reduce((first, other) => (other[1] < first[1] ? other : first))[0];
  if (winner === config.replica) claim(state, epoch);
}

function claim(state: ReplicaState, epoch: number): void {
  const { prefix, replica, incarnation, rules } = state.config;
  const groups = [{ prefix: `${prefix}a/` }, { prefix: `${prefix}o/` }, registersOf(prefix)];
  const selects = [{ key: leaderKey(prefix) }, ...groups, { key: snapshotKey(prefix) }];
  const ranges = selects.map((select): Operation => ({ op: 'range', select }));
  const value = JSON.stringify([epoch, replica, incarnation]);
  const transaction: Transaction = {
    guards: rules.guardsClaim ? [leaderUnchanged(state)] : [],
    success: [
      { op: 'put', key: leaderKey(prefix), value },
      { op: 'delete', select: electionsUpTo(prefix, epoch) },
      ...ranges,
    ],
    failure: ranges,
  };
  state.election.claiming = true;
  commit(state, transaction, { kind: 'claim', epoch, transaction });
}
