/**
 * The shared memory of paper `onset` (section 3.1, "MC"): a linearizable key-value store that gives every write a
 * unique increasing revision and notifies watchers. Two implementations pass one contract: etcd, and the embedded
 * store for machines that have only Node. Keys and values are UTF-8 text; revisions are safe integers.
 */

export interface MemoryRecord {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
}

/** A half-open range of keys in byte order, or one key. */
export type KeySelector =
  { readonly key: string } | { readonly prefix: string } | { readonly from: string; readonly to: string };

/** Conditions of a transaction; all must hold. */
export type Guard =
  | { readonly key: string; readonly modRevision: number }
  /** The key does not exist: same as modRevision 0. */
  | { readonly key: string; readonly absent: true };

export type Operation =
  | { readonly op: 'put'; readonly key: string; readonly value: string; readonly lease?: Lease }
  | { readonly op: 'delete'; readonly select: KeySelector }
  | { readonly op: 'range'; readonly select: KeySelector };

export interface Transaction {
  readonly guards: readonly Guard[];
  readonly success: readonly Operation[];
  readonly failure?: readonly Operation[];
}

export interface Commit {
  readonly succeeded: boolean;
  /** Revision of the store after the transaction; all its puts carry it. */
  readonly revision: number;
  /** One entry per `range` operation of the branch taken, in order; each sorted by key. */
  readonly ranges: readonly (readonly MemoryRecord[])[];
}

export type MemoryEvent =
  | { readonly kind: 'put'; readonly record: MemoryRecord }
  | { readonly kind: 'delete'; readonly key: string; readonly modRevision: number };

/** All events of one revision or more, in revision order; no revision is ever split over two batches. */
export interface WatchBatch {
  readonly revision: number;
  readonly events: readonly MemoryEvent[];
}

export interface WatchHandler {
  readonly onBatch: (batch: WatchBatch) => void;
  /**
   * The watch ended and will not deliver again: `compacted` when the wanted revision is gone (read everything anew,
   * then watch from there), else the error. A short loss of connection is not an end: the watch resumes by itself.
   */
  readonly onEnd: (reason: { readonly compacted: number } | { readonly error: Error }) => void;
}

export interface Lease {
  readonly id: string;
}

export interface SharedMemory extends AsyncDisposable {
  readonly kind: 'etcd' | 'embedded';
  commit(transaction: Transaction): Promise<Commit>;
  /** Linearizable read. */
  range(
    select: KeySelector,
  ): Promise<{ readonly revision: number; readonly records: readonly MemoryRecord[] }>;
  /** Delivers every event on the selected keys with revision ≥ `fromRevision`, in order, once. Resolves when set up. */
  watch(select: KeySelector, fromRevision: number, handler: WatchHandler): Promise<AsyncDisposable>;
  /** Forgets history below `revision`; later watches from below it end with `compacted`. */
  compact(revision: number): Promise<void>;
  grantLease(ttlMs: number): Promise<Lease>;
  /** Prolongs the lease by its time to live; rejects when it has expired. */
  keepAlive(lease: Lease): Promise<void>;
  /** Ends the lease and deletes its keys. */
  revokeLease(lease: Lease): Promise<void>;
}
