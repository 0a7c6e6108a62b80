/**
 * Keeps a replica informed for as long as it lives: reads everything once, then follows the changes; when the watch
 * ends (history compacted away, store gone for a while) it reads everything anew.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from '../../../harness/foundation/deferred.ts';
import type { MemoryRecord, SharedMemory, WatchBatch } from '../../shared-memory/shared-memory.ts';

export interface WatchListener {
  readonly onSynced: (revision: number, records: readonly MemoryRecord[]) => void;
  readonly onBatch: (batch: WatchBatch) => void;
}

const retryMs = 100;

export function watchForever(memory: SharedMemory, prefix: string, listener: WatchListener): AsyncDisposable {
  const controller = new AbortController();
  const { signal } = controller;
  const following = (async () => {
    while (!signal.aborted) {
      await followOnce(memory, prefix, listener, signal);
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

/** One read and the watch after it. Resolves when the watch has ended, for whatever reason. */
async function followOnce(
  memory: SharedMemory,
  prefix: string,
  listener: WatchListener,
  signal: AbortSignal,
): Promise<void> {
  const ended = deferred<undefined>();
  const end = () => ended.resolve(undefined);
  signal.addEventListener('abort', end, { once: true });
  try {
    const { revision, records } = await memory.range({ prefix });
    listener.onSynced(revision, records);
    await using _watch = await memory.watch({ prefix }, revision + 1, {
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
