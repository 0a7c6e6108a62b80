/** What the contract suite needs of an implementation, and what its cases share. */
import { afterAll, beforeAll } from 'vitest';
import { waitFor } from '../../../harness/foundation/deadline.ts';
import { defaultClientOptions, type MemoryClientOptions } from '../client-options.ts';
import { connectSharedMemory } from '../connect.ts';
import type { MemoryKind } from '../failures.ts';
import type { KeySelector, MemoryEvent, SharedMemory, WatchBatch } from '../shared-memory.ts';
import { revisionOf, type EndReason } from '../watch-book.ts';

/** Disposing it, or `kill`, ends the store at once; both may be called. */
export interface RunningStore extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  kill(): Promise<void>;
}

export interface SharedMemoryHarness {
  readonly kind: MemoryKind;
  /** A fresh, empty store. */
  start(): Promise<RunningStore>;
}

export interface Suite {
  readonly kind: MemoryKind;
  startStore(): Promise<RunningStore>;
  /** Connects to the suite's own store, or to another place that leads to one. */
  connect(at?: { host: string; port: number }, options?: MemoryClientOptions): Promise<SharedMemory>;
  address(): { host: string; port: number };
  /** A key prefix no other case uses. */
  fresh(): string;
}

/** One store for the whole suite: cases keep apart by their keys. */
export function useSuite(harness: SharedMemoryHarness): Suite {
  let store: RunningStore | undefined;
  let count = 0;
  beforeAll(async () => {
    store = await harness.start();
  });
  afterAll(async () => {
    await store?.[Symbol.asyncDispose]();
  });
  const address = () => {
    if (store === undefined) throw new Error('the store of the suite is not running');
    return store;
  };
  return {
    kind: harness.kind,
    startStore: () => harness.start(),
    connect: (at = address(), options = defaultClientOptions) =>
      connectSharedMemory({ kind: harness.kind, host: at.host, port: at.port }, soon(), options),
    address,
    fresh: () => `case-${(count += 1)}/`,
  };
}

const soon = () => AbortSignal.timeout(10_000);

export async function put(memory: SharedMemory, key: string, value: string): Promise<number> {
  return (await memory.commit({ guards: [], success: [{ op: 'put', key, value }] })).revision;
}

/** A watch that keeps all it is given. */
export interface Recording extends AsyncDisposable {
  readonly batches: readonly WatchBatch[];
  readonly ends: readonly EndReason[];
  events(): readonly MemoryEvent[];
  /** Waits until so many events have come. */
  received(count: number): Promise<readonly MemoryEvent[]>;
  ended(): Promise<EndReason>;
}

export async function record(memory: SharedMemory, select: KeySelector, from: number): Promise<Recording> {
  const batches: WatchBatch[] = [];
  const ends: EndReason[] = [];
  const watch = await memory.watch(select, from, {
    onBatch: (batch) => batches.push(batch),
    onEnd: (reason) => ends.push(reason),
  });
  const events = () => batches.flatMap((batch) => batch.events);
  return {
    batches,
    ends,
    events,
    async received(count) {
      await eventually(`${count} events`, () => events().length >= count);
      return events();
    },
    async ended() {
      await eventually('the end of the watch', () => ends.length > 0);
      return ends[0] as EndReason;
    },
    [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
  };
}

export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  await waitFor(
    {
      what,
      timeoutMs: 12_000,
      signal: new AbortController().signal,
      code: 'STRATA-E519',
      fix: 'none',
      intervalMs: 5,
    },
    async () => ((await holds()) ? true : undefined),
  );
}

/** The revisions in the order they came; a fault in `batches` shows as a repeated or falling one. */
export function batchRevisionSpans(batches: readonly WatchBatch[]): (readonly [number, number])[] {
  return batches.map(({ events }) => {
    const revisions = events.map(revisionOf);
    return [Math.min(...revisions), Math.max(...revisions)] as const;
  });
}

export function isStrictlyIncreasing(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? Infinity));
}
