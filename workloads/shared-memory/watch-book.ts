/**
 * A client's open watches and how far each has got. It is what makes a watch survive a lost connection: whoever
 * reopens one asks for `nextRevision`, and what was already delivered is dropped here. It does no input or output.
 */
import { asError } from '../../harness/foundation/errors.ts';
import { deferred, type Deferred } from '../../harness/foundation/deferred.ts';
import type { KeySelector, MemoryEvent, WatchHandler } from './shared-memory.ts';

export type EndReason = Parameters<WatchHandler['onEnd']>[0];

export interface OpenWatch {
  /** Unique in the client, from 1 up, never used again. */
  readonly id: number;
  readonly select: KeySelector;
  /** Every event below this revision has been delivered. */
  readonly nextRevision: number;
}

export interface WatchBook {
  add(
    select: KeySelector,
    fromRevision: number,
    handler: WatchHandler,
  ): { readonly watch: OpenWatch; readonly confirmed: Promise<void> };
  open(): readonly OpenWatch[];
  /** The store has accepted the watch. */
  confirm(id: number): void;
  /** A batch from the store. Events must be in revision order and no revision may be split over two batches. */
  deliver(id: number, events: readonly MemoryEvent[]): void;
  /** The store has nothing for this watch below `nextRevision`. */
  advance(id: number, nextRevision: number): void;
  /** Ends a watch for good: `onEnd`, or a rejected set-up when it was never confirmed. */
  end(id: number, reason: EndReason): void;
  /** Removes a watch silently, because its owner wants so; its set-up is rejected with `reason`. */
  remove(id: number, reason: Error): boolean;
  /** The connection broke: watches that were never confirmed are given up, the others wait to be resumed. */
  failUnconfirmed(reason: Error): void;
}

interface Entry {
  readonly id: number;
  readonly select: KeySelector;
  readonly handler: WatchHandler;
  nextRevision: number;
  /** Set until the store has accepted the watch. */
  setup: Deferred<undefined> | undefined;
}

export function createWatchBook(): WatchBook {
  const entries = new Map<number, Entry>();
  let lastId = 0;

  const end = (id: number, reason: EndReason) => {
    const entry = entries.get(id);
    if (!entries.delete(id) || entry === undefined) return;
    if (entry.setup !== undefined && 'error' in reason) entry.setup.reject(reason.error);
    else {
      entry.setup?.resolve(undefined);
      entry.handler.onEnd(reason);
    }
  };

  return {
    add(select, fromRevision, handler) {
      lastId += 1;
      const setup = deferred<undefined>();
      const entry: Entry = { id: lastId, select, handler, nextRevision: Math.max(1, fromRevision), setup };
      entries.set(entry.id, entry);
      return { watch: entry, confirmed: setup.promise };
    },
    open: () => [...entries.values()],
    confirm(id) {
      const entry = entries.get(id);
      entry?.setup?.resolve(undefined);
      if (entry !== undefined) entry.setup = undefined;
    },
    deliver(id, events) {
      const entry = entries.get(id);
      if (entry === undefined) return;
      const failure = hand(entry, events);
      if (failure !== undefined) end(id, { error: failure });
    },
    advance(id, nextRevision) {
      const entry = entries.get(id);
      if (entry !== undefined) entry.nextRevision = Math.max(entry.nextRevision, nextRevision);
    },
    end,
    remove(id, reason) {
      entries.get(id)?.setup?.reject(reason);
      return entries.delete(id);
    },
    failUnconfirmed(reason) {
      for (const { id, setup } of [...entries.values()]) {
        if (setup !== undefined) end(id, { error: reason });
      }
    },
  };
}

/** Gives a batch to its handler. A handler that throws ends its own watch, not those of others. */
function hand(entry: Entry, events: readonly MemoryEvent[]): Error | undefined {
  const first = events[0];
  const fresh =
    first === undefined || revisionOf(first) >= entry.nextRevision
      ? events
      : events.filter((event) => revisionOf(event) >= entry.nextRevision);
  const last = fresh.at(-1);
  if (last === undefined) return undefined;
  const revision = revisionOf(last);
  entry.nextRevision = revision + 1;
  try {
    entry.handler.onBatch({ revision, events: fresh });
    return undefined;
  } catch (error) {
    return asError(error);
  }
}

export function revisionOf(event: MemoryEvent): number {
  return event.kind === 'put' ? event.record.modRevision : event.modRevision;
}
