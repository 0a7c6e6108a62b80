/**
 * Elections (paper, section 3.3.1), up to the candidacy: the timer of the longest waiting request expires → look at
 * the shared memory once more → write a candidacy. What follows at f+1 of them is in claiming.ts.
 */
import type { Commit, Operation, Transaction } from '../../shared-memory/shared-memory.ts';
import { leaderUnchanged, learnElectionRecord, wonEpoch } from './claims.ts';
import { executeReady } from './executing.ts';
import { learnRecords } from './learning.ts';
import { electionKey, leaderKey, ordersBetween, snapshotKey } from './records.ts';
import { longestAwaited, watchUntilSettled } from './requests.ts';
import { commit, setTimer } from './state.ts';
import type { ReplicaState, Tag } from './state.ts';

type TagOf<Kind extends Tag['kind']> = Extract<Tag, { kind: Kind }>;

/** Beyond any order. */
const lastOrder = 999_999_999_998;

/** Keeps one timer running while something waits for the leader. */
export function watchLeader(state: ReplicaState): void {
  watchGap(state);
  if (state.election.leaderTimerRunning) return;
  const longest = longestAwaited(state);
  if (longest === undefined) return;
  state.election.leaderTimerRunning = true;
  setTimer(state, 'leader', Math.max(0, dueAtMs(state, longest.learnedAtMs) - state.nowMs));
}

/** Reads before it shouts: a replica that had stood still may simply not have seen the order yet. */
export function onLeaderTimer(state: ReplicaState): void {
  state.election.leaderTimerRunning = false;
  if (!isOverdue(state)) return;
  state.election.holdUntilMs = state.nowMs + state.config.leaderTimeoutMs;
  if (state.tenure !== null) return;
  const { prefix } = state.config;
  const selects = [
    { key: leaderKey(prefix) },
    { key: snapshotKey(prefix) },
    { prefix: `${prefix}e/` },
    ordersBetween(prefix, state.executed + 1, lastOrder),
  ];
  const success = selects.map((select): Operation => ({ op: 'range', select }));
  commit(state, { guards: [], success }, { kind: 'look' });
}

export function onLooked(state: ReplicaState, { ranges }: Commit): void {
  const leaderBefore = state.leader.modRevision;
  for (const records of ranges) learnRecords(state, records);
  executeReady(state);
  settleGap(state);
  if (state.tenure !== null || state.leader.modRevision !== leaderBefore) return;
  const longest = longestAwaited(state);
  if (longest === undefined || longest.learnedAtMs + state.config.leaderTimeoutMs > state.nowMs) return;
  standAsCandidate(state);
}

export function onCandidacy(state: ReplicaState, { epoch }: TagOf<'candidacy'>, commit: Commit): void {
  for (const records of commit.ranges) learnRecords(state, records);
  if (!commit.succeeded) return;
  const { prefix, replica } = state.config;
  const key = electionKey(prefix, epoch, replica);
  const { revision } = commit;
  learnElectionRecord(state, { key, value: '[]', createRevision: revision, modRevision: revision });
}

function isOverdue(state: ReplicaState): boolean {
  const longest = longestAwaited(state);
  return longest !== undefined && dueAtMs(state, longest.learnedAtMs) <= state.nowMs;
}

function dueAtMs(state: ReplicaState, learnedAtMs: number): number {
  return Math.max(learnedAtMs + state.config.leaderTimeoutMs, state.election.holdUntilMs);
}

/** An order that waits for a missing earlier one needs a leader as much as a request without an order does. */
function watchGap(state: ReplicaState): void {
  settleGap(state);
  if (state.gap !== null || state.highestOrder <= state.knownTo || !state.config.rules.watchesGaps) return;
  state.gap = { order: state.highestOrder, learnedAtMs: state.nowMs, settled: false };
  watchUntilSettled(state, state.gap);
}

function settleGap(state: ReplicaState): void {
  if (state.gap === null || state.knownTo < state.gap.order) return;
  state.gap.settled = true;
  state.gap = null;
}

/** For the epoch after the highest that was claimed or has f+1 candidacies; only under the leader just seen. */
function standAsCandidate(state: ReplicaState): void {
  const { prefix, replica, rules } = state.config;
  const passed = rules.passesDeadWinners ? wonEpoch(state) : 0;
  const epoch = 1 + Math.max(state.leader.epoch, passed);
  if (state.election.records.get(epoch)?.has(replica) === true) return;
  const key = electionKey(prefix, epoch, replica);
  const transaction: Transaction = {
    guards: [leaderUnchanged(state), { key, absent: true }],
    success: [{ op: 'put', key, value: '[]' }],
    failure: [
      { op: 'range', select: { key: leaderKey(prefix) } },
      { op: 'range', select: { prefix: `${prefix}e/` } },
    ],
  };
  commit(state, transaction, { kind: 'candidacy', epoch });
}
