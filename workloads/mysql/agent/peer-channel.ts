/** The shell around `deliveries.ts`: one loop's batches to one other database, carried out over its link. */
import { deferred, type Deferred } from '../../../harness/foundation/deferred.ts';
import { asError, StrataError } from '../../../harness/foundation/errors.ts';
import { tupleColumns } from '../schema.ts';
import type { Batch } from '../tuples.ts';
import type { CommandFailure } from './lean-connection.ts';
import {
  isSettled,
  openDeliveries,
  step,
  type Deliveries,
  type DeliveryEvent,
  type Fate,
  type PeerLossPolicy,
} from './deliveries.ts';
import type { Link } from './link.ts';
import { refused } from './session.ts';

export interface PeerChannelRequest {
  readonly policy: PeerLossPolicy;
  /** Rows of a full batch: those go as the prepared insert. */
  readonly rows: number;
  readonly lossTimeoutMs: number;
  /** Makes the link; its losses are to be told to `onLoss`. */
  readonly makeLink: (onIdleLoss: (error: Error) => void) => Link;
  readonly packetOf: (batch: Batch) => Buffer;
  readonly literalsOf: (batch: Batch) => string;
  readonly onLoss: (error: Error) => void;
  /** Something that no policy covers: the phase has to end. */
  readonly onFatal: (error: Error) => void;
}

export interface PeerChannel {
  readonly link: Link;
  readonly deliveries: Deliveries;
  /** Resolves when the loop may go on. `packet` must not change until then. E547 when the policy is to fail. */
  readonly deliver: (batch: Batch, packet: Buffer) => Promise<Fate>;
  /** Resolves when all is delivered or dropped, or when what is doubtful has been so for `timeoutMs`. */
  readonly settled: (timeoutMs: number) => Promise<void>;
  /** The other database will not come back: nothing is waited for any more. */
  readonly abandon: () => void;
}

/** What a channel is at, beside the deliveries themselves. */
interface ChannelState {
  readonly request: PeerChannelRequest;
  readonly deliveries: Deliveries;
  readonly link: Link;
  /** The loop that waits for the fate of its batch. */
  awaited: Deferred<Fate> | null;
  /** The loop's own packet, good until it goes on. */
  freshPacket: Buffer | null;
  lastWords: string;
  onSettled: (() => void) | null;
}

export function openPeerChannel(request: PeerChannelRequest): PeerChannel {
  const state: ChannelState = {
    ...{ request, deliveries: openDeliveries(request.policy), awaited: null, freshPacket: null },
    link: request.makeLink((error) => lost(state, error)),
    ...{ lastWords: 'the connection was lost', onSettled: null },
  };
  const { link, deliveries } = state;
  return {
    link,
    deliveries,
    deliver: (batch, packet) => {
      const fate = (state.awaited = deferred<Fate>());
      state.freshPacket = packet;
      feed(state, { kind: 'offered', batch });
      return fate.promise;
    },
    settled: (timeoutMs) => settled(state, timeoutMs),
    abandon: () => {
      link.abandon();
      state.onSettled?.();
    },
  };
}

function feed(state: ChannelState, event: DeliveryEvent): void {
  const { deliveries, request, link } = state;
  for (const effect of step(deliveries, event)) {
    if (effect.kind === 'send') send(state, effect.batch);
    else if (effect.kind === 'fate') tell(state, effect.fate);
    else if (effect.kind === 'restore') void restore(state, effect.doubtful);
    else request.onFatal(torn(link.name, effect.batch, effect.rowsPresent));
  }
  if (isSettled(deliveries)) state.onSettled?.();
}

function tell(state: ChannelState, fate: Fate): void {
  const { awaited } = state;
  state.awaited = null;
  if (fate === 'failed') awaited?.reject(peerLost(state.link.name, state.lastWords));
  else awaited?.resolve(fate);
}

function send(state: ChannelState, batch: Batch): void {
  const { request, link, deliveries, freshPacket } = state;
  const answered = (failure: CommandFailure | null): void => {
    if (failure === null) feed(state, { kind: 'acknowledged' });
    else if (failure.kind === 'lost') lost(state, failure.error);
    else request.onFatal(refused(failure.error, link.name));
  };
  if (batch.count !== request.rows) {
    link.insertText(`INSERT INTO tuples (${tupleColumns}) VALUES ${request.literalsOf(batch)}`, answered);
    return;
  }
  // A late one is made anew: the loop has gone on gathering in the packet it was in.
  const isLate = deliveries.inFlight?.isLate ?? true;
  link.insert(isLate || freshPacket === null ? request.packetOf(batch) : freshPacket, answered);
}

function lost(state: ChannelState, error: Error): void {
  state.lastWords = error.message;
  state.request.onLoss(error);
  feed(state, { kind: 'lost' });
}

async function restore(state: ChannelState, doubtful: Batch | null): Promise<void> {
  const { policy, lossTimeoutMs, onFatal } = state.request;
  try {
    const timeoutMs = policy === 'retry' ? lossTimeoutMs : null;
    feed(state, { kind: 'restored', rowsPresent: await state.link.restore(doubtful, timeoutMs) });
  } catch (error) {
    // What it will never have is reported as dropped or doubtful.
    if (policy !== 'drop-and-report' || !state.link.isAbandoned()) onFatal(asError(error));
  }
}

async function settled(state: ChannelState, timeoutMs: number): Promise<void> {
  if (isSettled(state.deliveries) || state.link.isAbandoned()) return;
  const done = deferred<undefined>();
  state.onSettled = () => done.resolve(undefined);
  // With retry either the backlog shrinks or the peer's time runs out, which is fatal.
  const timer = state.request.policy === 'retry' ? undefined : setTimeout(state.onSettled, timeoutMs);
  await done.promise;
  clearTimeout(timer);
  state.onSettled = null;
}

export function peerLost(name: string, words: string): StrataError {
  return new StrataError({
    code: 'STRATA-E547',
    message: `the database of ${name} was lost: ${words}`,
    fix: 'read its log; onPeerLoss retry or drop-and-report goes on without it',
  });
}

function torn(name: string, { firstSeq, count }: Batch, rowsPresent: number): StrataError {
  return new StrataError({
    code: 'STRATA-E549',
    message: `${name} holds ${rowsPresent} of the ${count} rows from ${firstSeq} on of one insert: it was not atomic`,
    fix: 'this is a fault of the database or of its storage: keep its data directory',
  });
}
