/** Transactions without an answer: each kind knows what to do about not knowing. */
import { retryAcknowledgement } from './acknowledging.ts';
import { retryArrival } from './announcing.ts';
import { retryClaim, retryCount } from './claiming.ts';
import { retryConfirm } from './confirming.ts';
import { retryOrder } from './ordering.ts';
import { retryPost } from './posting.ts';
import { retrySnapshot } from './snapshots.ts';
import { setTimer } from './state.ts';
import type { ReplicaState, Tag } from './state.ts';

/** Not at once: a shared memory in trouble is not helped by a busy loop. */
export function onUnknown(state: ReplicaState, tag: Tag): void {
  if (state.retries.length === 0) setTimer(state, 'retry', state.config.retryMs);
  state.retries.push(tag);
}

export function retryAll(state: ReplicaState): void {
  const tags = state.retries;
  state.retries = [];
  for (const tag of tags) retry(state, tag);
}

/** What was only looked up needs no retry: its timer comes again. */
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
    case 'confirm':
      retryConfirm(state, tag);
      break;
    case 'read':
    case 'look':
    case 'candidacy':
  }
}
