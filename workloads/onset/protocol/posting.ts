/**
 * Grouped variant: each replica has one register in the shared memory with all that it has to tell, namely up to
 * which order it holds everything without a gap, and its requests without an order. One transaction and one
 * notification carry both; the register is overwritten, so nothing needs deleting. At most one write is in flight,
 * guarded by the version it replaces: a straggler of an earlier try can never take anything back.
 */
import type { Commit, Transaction } from '../../shared-memory/shared-memory.ts';
import { toleratedCrashes } from './config.ts';
import type { Grouping } from './config.ts';
import { awaitsCompany, endGathering } from './gathering.ts';
import { learnRecords } from './learning.ts';
import { encodePost, postKey } from './records.ts';
import { commit, setTimer } from './state.ts';
import type { ReplicaState, Tag } from './state.ts';

/** Who is dead stays dead: whoever had to step in for it does not wait again for every order. */
const standInMs = 1_000;

type PostTag = Extract<Tag, { kind: 'post' }>;

export function postNews(state: ReplicaState, grouping: Grouping): void {
  const { post } = state;
  if (post.inFlight) return;
  const acknowledges = mustAcknowledge(state, grouping);
  if (acknowledges || (announces(state) && !awaitsCompany(state, grouping))) writePost(state);
}

export function onPosted(state: ReplicaState, tag: PostTag, { succeeded, revision, ranges }: Commit): void {
  const { post } = state;
  post.inFlight = false;
  const own = state.config.replica;
  if (succeeded) {
    post.modRevision = Math.max(post.modRevision, revision);
    state.heldTo[own] = Math.max(state.heldTo[own] ?? 0, tag.heldTo);
    for (const request of tag.requests) request.announced = 'yes';
  } else {
    learnRecords(state, ranges[0]);
    postAgain(state, tag);
  }
}

/** The register is written anew over whatever version is there. */
export function retryPost(state: ReplicaState, tag: PostTag): void {
  state.post.inFlight = false;
  postAgain(state, tag);
}

/** The designated replicas had their time: acknowledge what was due then and still lacks f+1 records. */
export function onAcknowledgeTimer(state: ReplicaState): void {
  const { post } = state;
  post.delayRunning = false;
  if (state.executed >= post.delayedFor) return;
  post.overdue = true;
  post.standsInUntilMs = state.nowMs + standInMs;
}

/** The designated replicas do so at once; the others when those had their time. */
function mustAcknowledge(state: ReplicaState, grouping: Grouping): boolean {
  if (!owesAcknowledgement(state)) {
    state.post.overdue = false;
    return false;
  }
  if (isDesignated(state) || standsIn(state)) return true;
  delayAcknowledgement(state, grouping);
  return false;
}

/** Own requests without an order are not in the register yet. A leader orders its own instead. */
function announces(state: ReplicaState): boolean {
  if (!state.post.dirty || state.tenure !== null) return false;
  state.mine = state.mine.filter((request) => !request.settled);
  state.post.dirty = state.mine.some((request) => request.announced === 'no');
  return state.post.dirty;
}

function owesAcknowledgement(state: ReplicaState): boolean {
  const { tenure, executed } = state;
  const holds = contiguous(state);
  // A leader's own ordered records count for it: it owes only for those it inherited.
  const owed = tenure === null ? holds : Math.min(holds, tenure.inheritedTo);
  return executed < owed && (state.heldTo[state.config.replica] ?? 0) < owed;
}

function contiguous(state: ReplicaState): number {
  return state.config.rules.acknowledgesContiguously ? state.knownTo : state.highestOrder;
}

/** The leader and the f replicas after it, in a ring. */
function isDesignated(state: ReplicaState): boolean {
  const { replica, replicas } = state.config;
  if (state.leader.replica < 0) return false;
  const rank = (replica - state.leader.replica + replicas) % replicas;
  return rank <= toleratedCrashes(replicas);
}

function standsIn({ post, nowMs }: ReplicaState): boolean {
  return post.overdue || nowMs < post.standsInUntilMs;
}

function delayAcknowledgement(state: ReplicaState, { ackDelayMs }: Grouping): void {
  if (state.post.delayRunning) return;
  state.post.delayRunning = true;
  state.post.delayedFor = state.knownTo;
  setTimer(state, 'acknowledge', ackDelayMs);
}

function writePost(state: ReplicaState): void {
  const { post, config } = state;
  const requests = state.mine.filter((request) => !request.settled);
  for (const request of requests) if (request.announced === 'no') request.announced = 'inFlight';
  const heldTo = Math.max(contiguous(state), state.heldTo[config.replica] ?? 0);
  // A leader gathers for its orders.
  if (post.dirty && state.tenure === null) endGathering(state);
  Object.assign(post, { dirty: false, overdue: false, inFlight: true });
  state.mine = [...requests];
  const key = postKey(config.prefix, config.replica);
  const transaction: Transaction = {
    guards: config.rules.guardsPosts ? [{ key, modRevision: post.modRevision }] : [],
    success: [{ op: 'put', key, value: encodePost(heldTo, requests) }],
    failure: [{ op: 'range', select: { key } }],
  };
  commit(state, transaction, { kind: 'post', heldTo, requests });
}

function postAgain(state: ReplicaState, { requests }: PostTag): void {
  for (const request of requests) if (request.announced === 'inFlight') request.announced = 'no';
  state.post.dirty = true;
}
