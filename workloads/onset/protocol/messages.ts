/**
 * What goes into a replica and what comes out: the whole surface between the pure protocol and the shell that owns
 * sockets, the clock and the shared memory.
 */
import type { Commit, MemoryRecord, Transaction, WatchBatch } from '../../shared-memory/shared-memory.ts';
import type { ClientCommand, Command } from './counter.ts';
import type { Tag } from './state.ts';

export type ReplicaEvent =
  /** A client's request reached this replica. `client` is not empty, `sequence` ≥ 1 and grows per client. */
  | {
      readonly kind: 'request';
      readonly client: string;
      readonly sequence: number;
      readonly command: ClientCommand;
    }
  /** Notifications, of registers only while attending to them; late, repeated and out of order ones do no harm. */
  | { readonly kind: 'watch'; readonly batch: WatchBatch }
  | { readonly kind: 'committed'; readonly tag: Tag; readonly commit: Commit }
  /** The transaction was lost, refused, or its answer was: it may happen, may have happened, or never will. */
  | { readonly kind: 'unknown'; readonly tag: Tag }
  | { readonly kind: 'timer'; readonly timer: TimerId }
  /** Everything under the prefix, read at one revision: at the start, and when the watch ended as compacted. */
  | { readonly kind: 'synced'; readonly revision: number; readonly records: readonly MemoryRecord[] };

/**
 * `leader`: a request waits for its order. `retry`: transactions without an answer. `acknowledge`: the others were
 * to acknowledge first. `gather`: requests wait for company. `read`: the registers are read again.
 */
export type TimerId = 'leader' | 'retry' | 'acknowledge' | 'gather' | 'read';

export type ReplicaEffect =
  /** Run it and report `committed` or `unknown` with the same tag, once. */
  | { readonly kind: 'commit'; readonly transaction: Transaction; readonly tag: Tag }
  /** To the client, if it still waits. `result` is the counter after the command executed at `order`. */
  | {
      readonly kind: 'answer';
      readonly client: string;
      readonly sequence: number;
      readonly result: number;
      readonly order: number;
    }
  /** The client has had the answer of a later request: nobody waits for this one. */
  | { readonly kind: 'superseded'; readonly client: string; readonly sequence: number }
  /** One timer per id: setting a running one starts it anew. */
  | { readonly kind: 'setTimer'; readonly timer: TimerId; readonly ms: number }
  | { readonly kind: 'cancelTimer'; readonly timer: TimerId }
  /** From now on, or no more: read the registers and follow their changes. */
  | { readonly kind: 'attend'; readonly attends: boolean }
  /** Nobody but replicas that lag by a whole snapshot need history below this revision. */
  | { readonly kind: 'compact'; readonly revision: number }
  /** A new claim became known: an annotation for the time axis. */
  | { readonly kind: 'leadership'; readonly epoch: number; readonly replica: number }
  /** This replica took the state over instead of executing up to `order`. */
  | { readonly kind: 'installed'; readonly order: number }
  /** Only with `reportExecutions`. */
  | ({ readonly kind: 'executed' } & Execution);

export interface Execution {
  readonly order: number;
  /** Empty for a no-op. */
  readonly client: string;
  readonly sequence: number;
  readonly command: Command;
  /** False for a no-op and for a request that had been executed before. */
  readonly applied: boolean;
  /** The counter afterwards. */
  readonly counter: number;
}
