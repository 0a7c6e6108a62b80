/**
 * Garbage collection: the leader writes a snapshot of what it executed and deletes the ordered records it covers in
 * the same transaction. A replica that missed them installs the snapshot instead.
 */
import { StrataError } from '../../../harness/foundation/errors.ts';
import type { Commit, MemoryRecord, Operation } from '../../shared-memory/shared-memory.ts';
import { ownClaimStands } from './claims.ts';
import { executeReady } from './executing.ts';
import { logHashText } from './log-hash.ts';
import { learnRecords } from './learning.ts';
import { takeGarbage } from './ordering.ts';
import {
  decode,
  encodeSnapshot,
  leaderKey,
  numberAt,
  ordersBetween,
  snapshotKey,
  snapshotOrder,
  textAt,
} from './records.ts';
import { answerIfExecuted, clientOf, settleOrdered } from './requests.ts';
import { commit } from './state.ts';
import type { ReplicaState, Tag, Tenure } from './state.ts';

type SnapshotTag = Extract<Tag, { kind: 'snapshot' }>;

export function takeSnapshot(state: ReplicaState, tenure: Tenure): void {
  const { config, snapshot, executed: order } = state;
  if (tenure.snapshotInFlight || order - snapshot.order < config.snapshotEvery) return;
  tenure.snapshotInFlight = true;
  const key = snapshotKey(config.prefix);
  const guards = [ownClaimStands(state, tenure.fence)];
  if (config.rules.fencesSnapshots) guards.push({ key, modRevision: snapshot.modRevision });
  const success: Operation[] = [{ op: 'put', key, value: encodeSnapshot(state) }, ...takeGarbage(tenure)];
  if (config.rules.deletesCovered) {
    success.push({ op: 'delete', select: ordersBetween(config.prefix, 0, order) });
  }
  const failure: Operation[] = [
    { op: 'range', select: { key: leaderKey(config.prefix) } },
    { op: 'range', select: { key } },
  ];
  commit(state, { guards, success, failure }, { kind: 'snapshot', order, fence: tenure.fence });
}

/** History goes only up to the snapshot before: a replica that lags by less keeps its watch. */
export function onSnapshotWritten(state: ReplicaState, tag: SnapshotTag, commit: Commit): void {
  if (state.tenure?.fence === tag.fence) state.tenure.snapshotInFlight = false;
  if (!commit.succeeded) {
    for (const records of commit.ranges) learnRecords(state, records);
    return;
  }
  const before = state.snapshot.modRevision;
  if (commit.revision <= before) return;
  state.snapshot.order = tag.order;
  state.snapshot.modRevision = commit.revision;
  if (before > 0) state.effects.push({ kind: 'compact', revision: before });
}

export function retrySnapshot(state: ReplicaState, { fence }: SnapshotTag): void {
  if (state.tenure?.fence === fence) state.tenure.snapshotInFlight = false;
}

export function learnSnapshot(state: ReplicaState, { key, value, modRevision }: MemoryRecord): void {
  const order = snapshotOrder(value);
  if (modRevision > state.snapshot.modRevision) {
    state.snapshot.order = order;
    state.snapshot.modRevision = modRevision;
  }
  // It was executed up to there: whoever has all the orders executes them too, and keeps a complete log.
  state.confirmedTo = Math.max(state.confirmedTo, order);
  executeReady(state);
  if (order > state.executed) install(state, order, decode(key, value, 5));
  else if (order === state.executed) compare(state, decode(key, value, 5));
}

function install(state: ReplicaState, order: number, items: (string | number)[]): void {
  state.executed = order;
  state.knownTo = Math.max(state.knownTo, order);
  state.highestOrder = Math.max(state.highestOrder, order);
  state.counter = numberAt(items, 1);
  state.hash.high = numberAt(items, 2);
  state.hash.low = numberAt(items, 3);
  state.executedRequests = numberAt(items, 4);
  for (const known of state.slots.keys()) if (known <= order) state.slots.delete(known);
  state.effects.push({ kind: 'installed', order });
  for (let item = 5; item < items.length; item += 4) installClient(state, items, item);
}

function installClient(state: ReplicaState, items: (string | number)[], item: number): void {
  const client = clientOf(state, textAt(items, item));
  const sequence = numberAt(items, item + 1);
  if (sequence > client.executedSequence) {
    client.executedSequence = sequence;
    client.result = numberAt(items, item + 2);
    client.resultOrder = numberAt(items, item + 3);
  }
  settleOrdered(client, sequence);
  answerIfExecuted(state, client);
}

/** Replicas that executed the same orders must agree; this costs nothing and would tell at once. */
function compare(state: ReplicaState, items: (string | number)[]): void {
  const { high, low } = state.hash;
  const theirs = { high: numberAt(items, 2), low: numberAt(items, 3) };
  if (high === theirs.high && low === theirs.low && state.counter === numberAt(items, 1)) return;
  throw new StrataError({
    code: 'STRATA-E524',
    message: `Replica ${state.config.replica} diverged: at order ${state.executed} its log hash is ${logHashText(state.hash)}, the snapshot's is ${logHashText(theirs)}.`,
    fix: 'Another program writes under the same prefix, or this is a fault of strata: keep the run and report it.',
  });
}
