/**
 * Keeps a replica informed for as long as it lives: reads everything once, then follows the changes; when the watch
 * ends (history compacted away, store gone for a while) it reads everything anew.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from '../../../harness/foundation/deferred.ts';
import type {
  KeySelector,
  MemoryRecord,
  SharedMemory,
  WatchBatch,
} from '../../shared-memory/shared-memory.ts';

export interface WatchListener {
  readonly onSynced: (revision: number, records: readonly MemoryRecord[]) => void;
  readonly onBatch: (batch: WatchBatch) => void;
}

const retryMs = 100;

/** What is read at the beginning, and of which changes there is word afterwards. */
export interface Watched {
  readonly read: KeySelector;
  readonly follow: KeySelector;
}

export function watchForever(
  memory: SharedMemory,
  watched: Watched,
  listener: WatchListener,
): AsyncDisposable {
  const controller = new AbortController();
  const { signal } = controller;
  const following = (async () => {
    while (!signal.aborted) {
      await followOnce(memory, watched, listener, signal);
      // Whatever ended the watch, a store that is gone must not be asked without pause.
      await sleep(retryMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      controller.abort();
      await following;
    },
  };
}

/** A watch that is taken up and let go by turns; letting go need not be waited for. */
export interface Attention extends AsyncDisposable {
  readonly turn: (attends: boolean) => void;
}

export function openAttention(begin: () => AsyncDisposable): Attention {
  let current: AsyncDisposable | null = null;
  const ending: Promise<void>[] = [];
  const end = () => {
    if (current !== null) ending.push(Promise.resolve(current[Symbol.asyncDispose]()));
    current = null;
  };
  return {
    turn(attends) {
      if (!attends) end();
      else current ??= begin();
    },
    async [Symbol.asyncDispose]() {
      end();
      await Promise.all(ending);
    },
  };
}

/** One read and the watch after it. Resolves when the watch has ended, for whatever reason. */
async function followOnce(
  memory: SharedMemory,
  { read, follow }: Watched,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  const ended = deferred<undefined>();
  const end = () => ended.resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  try {
    const { revision, records } = await memory.range(read);
    listener.onSynced(revision, records);
    await using _watch = await memory.watch(follow, revision + 1, {
      onBatch: listener.onBatch,
      onEnd: end,
    });
    await ended.promise;
  } catch {
    // The store cannot be reached now; the replica goes on with what it knows and asks again.
  } finally {
    signal.removeEventListener('abort', end);
  }
}
