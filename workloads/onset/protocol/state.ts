/** Everything one replica knows. Only the protocol's own modules touch it; the shell sees events and effects. */
import type { Transaction } from '../../shared-memory/shared-memory.ts';
import type { ReplicaConfig } from './config.ts';
import type { ClientCommand, Command } from './counter.ts';
import type { Fifo } from './fifo.ts';
import type { GatheringState } from './gathering.ts';
import type { LogHash } from './log-hash.ts';
import type { ReplicaEffect, TimerId } from './messages.ts';

/** Something the leader owes: a request without an order, or an order that a gap keeps from executing. */
export interface Awaited {
  readonly learnedAtMs: number;
  settled: boolean;
}

/** A request without a known order; at most one per client. */
export interface PendingRequest extends Awaited {
  readonly client: ClientRecord;
  readonly sequence: number;
  readonly command: ClientCommand;
  /** Received here from the client (or by an earlier incarnation): this replica must announce it. */
  mine: boolean;
  announced: 'no' | 'inFlight' | 'yes';
  /** Keys of its arrival records (plain variant): deleted by the transaction that orders it. */
  arrivalKeys: string[];
  /** Claim revision of the own tenure that has queued, then assigned it; 0 = none. */
  queuedBy: number;
  assignedBy: number;
}

export interface ClientRecord {
  readonly id: string;
  readonly hash: number;
  /** Last executed request, its answer and where it executed; 0 = none. */
  executedSequence: number;
  result: number;
  resultOrder: number;
  /** The turn of the gathering in which it is expected back; 0 = it is not. */
  expectedIn: number;
  /** Highest sequence that has an order. */
  orderedSequence: number;
  pending: PendingRequest | null;
  /** A client waits here for the answer to this sequence; 0 = nobody. */
  awaitedSequence: number;
}

/** What was ordered; `client` is null for a no-op. */
export interface Entry {
  readonly client: ClientRecord | null;
  readonly sequence: number;
  readonly command: Command;
}

/** A known, not yet executed order. */
export interface Slot {
  readonly entry: Entry;
  readonly epoch: number;
  readonly seenAtMs: number;
  /** Bit r: replica r's own record of this order was seen. */
  recordedBy: number;
  acknowledging: boolean;
}

/** The leadership this replica holds. */
export interface Tenure {
  readonly epoch: number;
  /** Revision of the own claim: the fence of every ordering write. */
  readonly fence: number;
  /** Highest order that was assigned before the claim. */
  readonly inheritedTo: number;
  nextOrder: number;
  ordersInFlight: number;
  /** Its records that are not executed yet, each by its last order (grouped variant). */
  readonly unexecuted: Fifo<{ readonly to: number; readonly sentAtMs: number }>;
  snapshotInFlight: boolean;
  /** Up to which order this tenure has told the others that f+1 records are there. */
  confirmedTo: number;
  confirming: boolean;
  readonly queue: Fifo<PendingRequest>;
  /** Arrival records of requests that have an order. */
  readonly garbage: Fifo<string>;
}

export type Tag =
  | {
      readonly kind: 'order';
      readonly fence: number;
      readonly epoch: number;
      readonly from: number;
      readonly entries: readonly Entry[];
      readonly transaction: Transaction;
    }
  | { readonly kind: 'acknowledge'; readonly order: number }
  | { readonly kind: 'arrival'; readonly request: PendingRequest; readonly key: string }
  | { readonly kind: 'post'; readonly heldTo: number; readonly requests: readonly PendingRequest[] }
  | { readonly kind: 'confirm'; readonly fence: number }
  | { readonly kind: 'read' }
  | { readonly kind: 'look' }
  | { readonly kind: 'candidacy'; readonly epoch: number }
  | { readonly kind: 'count'; readonly epoch: number }
  | { readonly kind: 'claim'; readonly epoch: number; readonly transaction: Transaction }
  | { readonly kind: 'snapshot'; readonly order: number; readonly fence: number };

export interface LeaderView {
  epoch: number;
  replica: number;
  modRevision: number;
}

export interface ElectionState {
  /** epoch → replica → create revision; epochs above the highest claimed one only. */
  readonly records: Map<number, Map<number, number>>;
  /** Highest epoch whose complete set was, or is being, read. */
  countedEpoch: number;
  claiming: boolean;
  /** No election before this time: one is under way, or a new leader deserves its chance. */
  holdUntilMs: number;
  leaderTimerRunning: boolean;
}

/** The replica's register in the grouped variant. */
export interface PostState {
  modRevision: number;
  inFlight: boolean;
  /** Some own request may not be in the register yet. */
  dirty: boolean;
  delayRunning: boolean;
  /** What the delayed acknowledgement was armed for. */
  delayedFor: number;
  overdue: boolean;
  /** Until then it acknowledges like a designated replica. */
  standsInUntilMs: number;
}

export interface ReplicaState {
  readonly config: ReplicaConfig;
  /** f+1. */
  readonly quorum: number;
  effects: ReplicaEffect[];
  nowMs: number;

  executed: number;
  counter: number;
  /** Requests that took effect: neither no-ops nor repeats. */
  executedRequests: number;
  readonly hash: LogHash;
  readonly clients: Map<string, ClientRecord>;

  readonly slots: Map<number, Slot>;
  /** Every order up to this one is known or executed. */
  knownTo: number;
  /** Highest order known to be assigned. */
  highestOrder: number;
  /** Per replica: it holds every order up to this one (grouped variant). */
  readonly heldTo: number[];
  /** Every order up to this one has f+1 records, a leader says (grouped variant). */
  confirmedTo: number;
  readTimerRunning: boolean;
  readonly snapshot: { order: number; modRevision: number };

  leader: LeaderView;
  tenure: Tenure | null;
  readonly election: ElectionState;
  readonly awaited: Fifo<Awaited>;
  gap: (Awaited & { readonly order: number }) | null;

  readonly toAcknowledge: Fifo<number>;
  acknowledgementsInFlight: number;
  readonly toAnnounce: Fifo<PendingRequest>;
  arrivalsInFlight: number;
  arrivalCount: number;
  /** Own requests for the register (grouped variant); settled ones leave when it is written. */
  mine: PendingRequest[];
  readonly post: PostState;
  readonly gathering: GatheringState;

  retries: Tag[];
}

export function commit(state: ReplicaState, transaction: Transaction, tag: Tag): void {
  state.effects.push({ kind: 'commit', transaction, tag });
}

export function setTimer(state: ReplicaState, timer: TimerId, ms: number): void {
  state.effects.push({ kind: 'setTimer', timer, ms });
}
