/** All watches of a client over one etcd stream, opened anew when it breaks. */
import { asError } from '../../../harness/foundation/errors.ts';
import type { MemoryClientOptions } from '../client-options.ts';
import { watchFailed, type Endpoint } from '../failures.ts';
import type { OpenWatch, WatchBook } from '../watch-book.ts';
import { createWatches, type Watches } from '../watches.ts';
import type { ByteStream, EtcdTransport } from './transport.ts';
import {
  decodeWatchMessage,
  encodeWatchCancel,
  encodeWatchCreate,
  type WatchMessage,
} from './watch-codec.ts';
import { BackwardWriter } from './wire.ts';

const method = '/etcdserverpb.Watch/Watch';

export function openWatches(transport: EtcdTransport, limits: MemoryClientOptions): Watches {
  const { endpoint } = transport;
  const writer = new BackwardWriter();
  let stream: ByteStream | undefined;

  const reach = (added?: OpenWatch) => {
    const isNew = stream === undefined;
    stream ??= transport.stream(method, { onMessage, onClosed });
    const wanted = isNew ? watches.book.open() : added === undefined ? [] : [added];
    for (const watch of wanted) stream.write(encodeWatchCreate(writer, creation(watch)));
  };
  const cancel = (id: number) => stream?.write(encodeWatchCancel(writer, id));
  const watches = createWatches(endpoint, limits, { reach, cancel });

  const onClosed = (reason: Error) => {
    stream = undefined;
    watches.lost(reason);
  };
  const onMessage = (bytes: Buffer) => {
    watches.alive();
    try {
      takeMessage(watches.book, decodeWatchMessage(bytes), endpoint);
    } catch (error) {
      stream?.close();
      stream = undefined;
      watches.endAll(asError(error));
    }
  };
  return watches;
}

/**
 * A watch starts one revision early, and what comes too early is dropped: etcd lets a watch start exactly at the
 * compacted revision, where a deletion may already be gone, and this way it never starts there.
 */
function creation(watch: OpenWatch) {
  return { id: watch.id, select: watch.select, startRevision: Math.max(1, watch.nextRevision - 1) };
}

function takeMessage(book: WatchBook, message: WatchMessage, endpoint: Endpoint): void {
  const { watchId, events } = message;
  if (message.canceled) {
    if (message.compactRevision > 0) book.end(watchId, { compacted: message.compactRevision + 1 });
    else book.end(watchId, { error: watchFailed(endpoint, new Error(message.cancelReason || 'cancelled')) });
  } else if (message.created) book.confirm(watchId);
  else if (events.length === 0) book.advance(watchId, message.revision + 1);
  else book.deliver(watchId, events);
}
