/** The client table and the requests that have no order yet. */
import type { ClientCommand } from './counter.ts';
import { isEmpty, peekFirst, pushLast, takeFirst } from './fifo.ts';
import { cameBack } from './gathering.ts';
import { hashText } from './log-hash.ts';
import type { Awaited, ClientRecord, PendingRequest, ReplicaState } from './state.ts';

/** Called when a request arrives from its client. */
export function receiveRequest(
  state: ReplicaState,
  clientId: string,
  sequence: number,
  command: ClientCommand,
): void {
  const client = clientOf(state, clientId);
  if (sequence < Math.max(client.executedSequence, client.awaitedSequence)) {
    state.effects.push({ kind: 'superseded', client: clientId, sequence });
    return;
  }
  if (client.awaitedSequence !== 0 && client.awaitedSequence < sequence) releaseAwaiting(state, client);
  client.awaitedSequence = sequence;
  answerIfExecuted(state, client);
  if (sequence <= client.orderedSequence) return;
  const request = pendingFor(state, client, sequence, command);
  if (request === null || request.mine) return;
  adopt(state, request, 'no');
  wanted(state, request);
}

export function clientOf(state: ReplicaState, id: string): ClientRecord {
  let client = state.clients.get(id);
  if (client === undefined) {
    client = {
      id,
      hash: hashText(id),
      executedSequence: 0,
      result: 0,
      resultOrder: 0,
      expectedIn: 0,
      orderedSequence: 0,
      pending: null,
      awaitedSequence: 0,
    };
    state.clients.set(id, client);
  }
  return client;
}

/** The pending request, made if need be; null when the client has gone on to a later one. */
export function pendingFor(
  state: ReplicaState,
  client: ClientRecord,
  sequence: number,
  command: ClientCommand,
): PendingRequest | null {
  const known = client.pending;
  if (known !== null && known.sequence === sequence) return known;
  if (known !== null && known.sequence > sequence) return null;
  if (known !== null) known.settled = true;
  const request: PendingRequest = {
    client,
    sequence,
    command,
    mine: false,
    announced: 'no',
    arrivalKeys: [],
    queuedBy: 0,
    assignedBy: 0,
    learnedAtMs: state.nowMs,
    settled: false,
  };
  client.pending = request;
  cameBack(state, client);
  watchUntilSettled(state, request);
  return request;
}

/** This replica takes on the duty to announce the request. */
export function adopt(state: ReplicaState, request: PendingRequest, announced: 'no' | 'yes'): void {
  if (request.mine) return;
  request.mine = true;
  request.announced = announced;
  if (state.tenure === null) enlist(state, request);
}

/** Puts an own request on the list of what is to be announced. A leader orders its own requests instead. */
export function enlist(state: ReplicaState, request: PendingRequest): void {
  if (state.config.grouping === null) {
    if (request.announced === 'no') pushLast(state.toAnnounce, request);
  } else {
    state.mine.push(request);
    if (request.announced === 'no') state.post.dirty = true;
  }
}

/** Hands a request without an order to the own tenure, if there is one. */
export function wanted(state: ReplicaState, request: PendingRequest): void {
  const { tenure } = state;
  if (tenure === null || request.queuedBy === tenure.fence) return;
  request.queuedBy = tenure.fence;
  pushLast(tenure.queue, request);
}

/** The fact that `sequence` has an order: nobody needs to wait for one any more. */
export function settleOrdered(client: ClientRecord, sequence: number): void {
  if (sequence > client.orderedSequence) client.orderedSequence = sequence;
  const { pending } = client;
  if (pending === null || pending.sequence > sequence) return;
  pending.settled = true;
  client.pending = null;
}

/** Answers whoever waits here for a request that is executed. */
export function answerIfExecuted(state: ReplicaState, client: ClientRecord): void {
  const sequence = client.awaitedSequence;
  if (sequence === 0 || sequence > client.executedSequence) return;
  if (sequence < client.executedSequence) {
    releaseAwaiting(state, client);
    return;
  }
  const { result, resultOrder: order } = client;
  client.awaitedSequence = 0;
  state.effects.push({ kind: 'answer', client: client.id, sequence, result, order });
}

/** Watches something until it is settled; settled ones leave from the head, so the queue stays short. */
export function watchUntilSettled(state: ReplicaState, item: Awaited): void {
  dropSettled(state);
  pushLast(state.awaited, item);
}

/** The longest-waiting unsettled thing, if any. */
export function longestAwaited(state: ReplicaState): Awaited | undefined {
  dropSettled(state);
  return peekFirst(state.awaited);
}

function dropSettled(state: ReplicaState): void {
  while (!isEmpty(state.awaited) && peekFirst(state.awaited)?.settled === true) takeFirst(state.awaited);
}

function releaseAwaiting(state: ReplicaState, client: ClientRecord): void {
  state.effects.push({ kind: 'superseded', client: client.id, sequence: client.awaitedSequence });
  client.awaitedSequence = 0;
}
