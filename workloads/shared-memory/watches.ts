/**
 * What both clients do for their watches: set up within a time limit, resume after a lost connection, give up after
 * too long without one. How a watch is asked for is the implementation's.
 */
import { disposed, timedOut, watchFailed, type Endpoint } from './failures.ts';
import { checkSelector } from './keys.ts';
import type { MemoryClientOptions } from './client-options.ts';
import { createResumption } from './resumption.ts';
import type { KeySelector, WatchHandler } from './shared-memory.ts';
import { createWatchBook, type OpenWatch, type WatchBook } from './watch-book.ts';

/** The way to the store, as watches see it. */
export interface WatchRoute {
  /** Asks the store for `added`; where there is no connection, makes one and asks for all open watches. */
  readonly reach: (added?: OpenWatch) => void;
  readonly cancel: (id: number) => void;
}

export interface Watches extends Disposable {
  readonly book: WatchBook;
  watch(select: KeySelector, fromRevision: number, handler: WatchHandler): Promise<AsyncDisposable>;
  /** The connection broke, or could not be made. */
  lost(reason: Error): void;
  /** The store has answered. */
  alive(): void;
  /** Ends every watch for good. */
  endAll(reason: Error): void;
}

export function createWatches(endpoint: Endpoint, limits: MemoryClientOptions, route: WatchRoute): Watches {
  const book = createWatchBook();
  const endAll = (reason: Error) => {
    for (const { id } of book.open()) book.end(id, { error: watchFailed(endpoint, reason) });
  };
  const resumption = createResumption({
    limitMs: limits.watchResumeMs,
    reopen: () => route.reach(),
    giveUp: endAll,
  });
  let isDisposed = false;
  return {
    book,
    async watch(select, fromRevision, handler) {
      if (isDisposed) throw disposed(endpoint, 'a watch');
      checkSelector(select);
      const { watch, confirmed } = book.add(select, fromRevision, handler);
      const late = timedOut(endpoint, 'a new watch', limits.callTimeoutMs);
      const timer = setTimeout(() => book.end(watch.id, { error: late }), limits.callTimeoutMs);
      try {
        route.reach(watch);
        await confirmed;
      } finally {
        clearTimeout(timer);
      }
      return {
        [Symbol.asyncDispose]() {
          if (book.remove(watch.id, disposed(endpoint, 'a watch'))) route.cancel(watch.id);
          return Promise.resolve();
        },
      };
    },
    lost(reason) {
      book.failUnconfirmed(reason);
      if (book.open().length > 0) resumption.lost(reason);
    },
    alive: () => resumption.alive(),
    endAll,
    [Symbol.dispose]() {
      isDisposed = true;
      resumption.stop();
      for (const { id } of book.open()) book.remove(id, disposed(endpoint, 'a watch'));
    },
  };
}
