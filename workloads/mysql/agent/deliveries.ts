/**
 * What becomes of the batches one loop sends to one other database. Pure: the shell (`peer-channel.ts`) carries out the
 * effects and feeds back what happens. A batch whose answer never came is doubtful: it may be there or not, and only a
 * look at the database, once the old session is known to have ended, tells. It is never sent again before that look.
 */
import type { MysqlFactors } from '../../../harness/foundation/cell.ts';
import type { Batch } from '../tuples.ts';

export type PeerLossPolicy = MysqlFactors['onPeerLoss'];

/** What the loop is told of a batch when its turn is over. `deferred`: it will be delivered later. */
export type Fate = 'delivered' | 'deferred' | 'dropped' | 'doubtful' | 'failed';

export interface Deliveries {
  readonly policy: PeerLossPolicy;
  isUp: boolean;
  /** `failed` is final: the policy allows no loss and there was one. */
  hasFailed: boolean;
  inFlight: { readonly batch: Batch; readonly isLate: boolean } | null;
  doubtful: Batch | null;
  /** In the order of their tuples; all later than the doubtful one. */
  readonly backlog: Batch[];
  readonly dropped: Batch[];
  readonly counts: {
    delivered: number;
    /** Delivered after the loop had gone on. */
    late: number;
    /** Doubtful ones that were found to be there. */
    found: number;
    losses: number;
  };
}

export type DeliveryEvent =
  | { readonly kind: 'offered'; readonly batch: Batch }
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'lost' }
  /** The database answers again and the old session has ended; so many rows of the doubtful batch are there. */
  | { readonly kind: 'restored'; readonly rowsPresent: number };

export type DeliveryEffect =
  | { readonly kind: 'send'; readonly batch: Batch }
  | { readonly kind: 'fate'; readonly fate: Fate }
  | { readonly kind: 'restore'; readonly doubtful: Batch | null }
  /** A batch that is there in part: the server broke its promise of atomicity. */
  | { readonly kind: 'torn'; readonly batch: Batch; readonly rowsPresent: number };

export function openDeliveries(policy: PeerLossPolicy): Deliveries {
  return {
    ...{ policy, isUp: true, hasFailed: false, inFlight: null, doubtful: null, backlog: [], dropped: [] },
    counts: { delivered: 0, late: 0, found: 0, losses: 0 },
  };
}

/** True when nothing is on its way and nothing is left to be found out. */
export function isSettled({ inFlight, doubtful, backlog, hasFailed }: Deliveries): boolean {
  return hasFailed || (inFlight === null && doubtful === null && backlog.length === 0);
}

/** Takes one event; the state changes in place. At most one batch is in flight. */
export function step(state: Deliveries, event: DeliveryEvent): readonly DeliveryEffect[] {
  switch (event.kind) {
    case 'offered':
      return offered(state, event.batch);
    case 'acknowledged':
      return acknowledged(state);
    case 'lost':
      return lost(state);
    case 'restored':
      return restored(state, event.rowsPresent);
  }
}

function offered(state: Deliveries, batch: Batch): DeliveryEffect[] {
  if (state.hasFailed) return [{ kind: 'fate', fate: 'failed' }];
  if (state.isUp && isSettled(state)) {
    state.inFlight = { batch, isLate: false };
    return [{ kind: 'send', batch }];
  }
  if (state.policy === 'retry') {
    state.backlog.push(batch);
    return [{ kind: 'fate', fate: 'deferred' }];
  }
  state.dropped.push(batch);
  return [{ kind: 'fate', fate: 'dropped' }];
}

function acknowledged(state: Deliveries): DeliveryEffect[] {
  const { inFlight, counts } = state;
  if (inFlight === null) throw new Error('an answer came to a batch that nobody sent');
  state.inFlight = null;
  counts.delivered += 1;
  if (!inFlight.isLate) return [{ kind: 'fate', fate: 'delivered' }];
  counts.late += 1;
  return sendNext(state);
}

function lost(state: Deliveries): DeliveryEffect[] {
  const { inFlight } = state;
  state.isUp = false;
  state.counts.losses += 1;
  state.inFlight = null;
  state.doubtful = inFlight?.batch ?? state.doubtful;
  const isAwaited = inFlight !== null && !inFlight.isLate;
  if (state.policy === 'fail') {
    state.hasFailed = true;
    return isAwaited ? [{ kind: 'fate', fate: 'failed' }] : [];
  }
  const restore = { kind: 'restore', doubtful: state.doubtful } as const;
  if (!isAwaited) return [restore];
  return [{ kind: 'fate', fate: state.policy === 'retry' ? 'deferred' : 'doubtful' }, restore];
}

function restored(state: Deliveries, rowsPresent: number): DeliveryEffect[] {
  const { doubtful, counts } = state;
  state.isUp = true;
  state.doubtful = null;
  if (doubtful !== null) {
    if (rowsPresent === doubtful.count) {
      counts.delivered += 1;
      counts.late += 1;
      counts.found += 1;
    } else if (rowsPresent !== 0) {
      state.hasFailed = true;
      return [{ kind: 'torn', batch: doubtful, rowsPresent }];
    } else if (state.policy === 'retry') state.backlog.unshift(doubtful);
    else state.dropped.push(doubtful);
  }
  return sendNext(state);
}

function sendNext(state: Deliveries): DeliveryEffect[] {
  const batch = state.backlog.shift();
  if (batch === undefined) return [];
  state.inFlight = { batch, isLate: true };
  return [{ kind: 'send', batch }];
}
