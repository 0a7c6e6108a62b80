/** The shared memory on the embedded store. */
import type { MemoryClientOptions } from '../client-options.ts';
import { cannotConnect, leaseExpired, refused, watchFailed, type Endpoint } from '../failures.ts';
import { checkSelector } from '../keys.ts';
import type { Commit, MemoryRecord, SharedMemory } from '../shared-memory.ts';
import { createWatches, type Watches } from '../watches.ts';
import type { OpenWatch } from '../watch-book.ts';
import { openConnection, type Connection } from './connection.ts';
import type { Call, Refusal, WatchAnswer } from './protocol.ts';

/** Connects and reads once; rejects with E510 when that fails. */
export async function connectEmbedded(
  endpoint: Endpoint,
  options: MemoryClientOptions,
): Promise<SharedMemory> {
  const connection: Connection = openConnection(endpoint, options.callTimeoutMs, {
    onUp() {
      for (const watch of watches.book.open()) ask(watch);
    },
    onDown: (reason) => watches.lost(reason),
    onWatchAnswer: (answer) => takeWatchAnswer(watches, endpoint, answer),
    onRefusal: (refusal, call) => refusalError(endpoint, refusal, call),
  });
  const ask = ({ id, select, nextRevision }: OpenWatch) =>
    connection.send({ call: 'watch', watch: id, select, from: nextRevision });
  const watches = createWatches(endpoint, options, {
    reach(added) {
      if (!connection.isUp) connection.open();
      else if (added !== undefined) ask(added);
    },
    cancel: (id) => connection.send({ call: 'unwatch', watch: id }),
  });
  try {
    await connection.call({ call: 'range', select: { key: '\0' } }, 'the first read');
  } catch (error) {
    connection[Symbol.dispose]();
    throw cannotConnect(endpoint, error);
  }
  return createMemory(connection, watches);
}

function createMemory(connection: Connection, watches: Watches): SharedMemory {
  return {
    kind: 'embedded',
    async commit(transaction) {
      return (await connection.call({ call: 'commit', transaction }, 'a transaction')) as Commit;
    },
    async range(select) {
      checkSelector(select);
      const answer = await connection.call({ call: 'range', select }, 'a read');
      return answer as { readonly revision: number; readonly records: readonly MemoryRecord[] };
    },
    watch: (select, fromRevision, handler) => watches.watch(select, fromRevision, handler),
    async compact(revision) {
      await connection.call({ call: 'compact', revision }, `compaction at ${revision}`);
    },
    async grantLease(ttlMs) {
      return { id: (await connection.call({ call: 'grant', ttlMs }, 'the grant of a lease')) as string };
    },
    async keepAlive({ id }) {
      await connection.call({ call: 'keep-alive', lease: id }, 'the prolongation of a lease');
    },
    async revokeLease({ id }) {
      await connection.call({ call: 'revoke', lease: id }, 'the revocation of a lease');
    },
    [Symbol.asyncDispose]() {
      watches[Symbol.dispose]();
      connection[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

function takeWatchAnswer(watches: Watches, endpoint: Endpoint, answer: WatchAnswer): void {
  const { book } = watches;
  watches.alive();
  if ('events' in answer) book.deliver(answer.watch, answer.events);
  else if ('ready' in answer) book.confirm(answer.watch);
  else if ('compacted' in answer) book.end(answer.watch, { compacted: answer.compacted });
  else book.end(answer.watch, { error: watchFailed(endpoint, new Error(answer.refusal.message)) });
}

function refusalError(endpoint: Endpoint, { reason, message }: Refusal, call: Call): Error {
  const cause = new Error(message);
  if (reason === 'refused') return refused(endpoint, `the call "${call.call}"`, cause);
  if ('lease' in call) return leaseExpired(call.lease, cause);
  return leaseExpired('of a put', cause);
}
