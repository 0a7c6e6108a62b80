/**
 * Plain variant: a non-leader announces every request it receives by an arrival record of its own, the paper's RCP
 * of order 0. The transaction that orders the request deletes it.
 */
import { isEmpty, pushLast, takeFirst } from './fifo.ts';
import { learnArrival } from './learning.ts';
import { arrivalKey, encodeArrival } from './records.ts';
import { commit } from './state.ts';
import type { PendingRequest, ReplicaState, Tag } from './state.ts';

type ArrivalTag = Extract<Tag, { kind: 'arrival' }>;

export function announceArrivals(state: ReplicaState): void {
  if (state.tenure !== null) return;
  while (!isEmpty(state.toAnnounce) && state.arrivalsInFlight < state.config.maxInFlight) {
    const request = takeFirst(state.toAnnounce);
    if (request === undefined || request.settled || request.announced !== 'no') continue;
    request.announced = 'inFlight';
    writeArrival(state, request, arrivalKey(state));
  }
}

export function onArrivalWritten(state: ReplicaState, { request, key }: ArrivalTag): void {
  state.arrivalsInFlight -= 1;
  request.announced = 'yes';
  learnArrival(state, key, encodeArrival(request));
}

/** Under the same key, so that it is there once whatever became of the first try. */
export function retryArrival(state: ReplicaState, { request, key }: ArrivalTag): void {
  state.arrivalsInFlight -= 1;
  request.announced = 'no';
  if (request.settled) return;
  if (state.tenure === null) {
    request.announced = 'inFlight';
    writeArrival(state, request, key);
  } else {
    pushLast(state.toAnnounce, request);
  }
}

function writeArrival(state: ReplicaState, request: PendingRequest, key: string): void {
  state.arrivalsInFlight += 1;
  const put = { op: 'put', key, value: encodeArrival(request) } as const;
  commit(state, { guards: [{ key, absent: true }], success: [put] }, { kind: 'arrival', request, key });
}
