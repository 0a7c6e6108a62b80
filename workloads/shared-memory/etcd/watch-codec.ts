/** etcd's Watch messages. */
import type { KeySelector, MemoryEvent } from '../shared-memory.ts';
import { keyRange } from './key-range.ts';
import { readHeaderRevision, readRecord } from './kv-codec.ts';
import { type BackwardWriter, WireReader } from './wire.ts';

/**
 * WatchRequest { create_request = 1 { key = 1, range_end = 2, start_revision = 3, progress_notify = 4, watch_id = 7 } }.
 * Fragments are not asked for, so the events of a revision always come in one message.
 */
export function encodeWatchCreate(
  writer: BackwardWriter,
  watch: { readonly id: number; readonly select: KeySelector; readonly startRevision: number },
): Buffer {
  const { key, rangeEnd } = keyRange(watch.select);
  return writer.encode(() => {
    const mark = writer.mark();
    writer.varint(7, watch.id);
    writer.varint(4, 1);
    writer.varint(3, watch.startRevision);
    if (rangeEnd !== undefined) writer.bytes(2, rangeEnd);
    writer.bytes(1, key);
    writer.closeMessage(1, mark);
  });
}

/** WatchRequest { cancel_request = 2 { watch_id = 1 } } */
export function encodeWatchCancel(writer: BackwardWriter, id: number): Buffer {
  return writer.encode(() => {
    const mark = writer.mark();
    writer.varint(1, id);
    writer.closeMessage(2, mark);
  });
}

export interface WatchMessage {
  /** Revision of the store when the message was made. */
  revision: number;
  /** -1 when a creation failed before it had an identifier. */
  watchId: number;
  created: boolean;
  canceled: boolean;
  /** Not 0: the watch was cancelled because its revision is below this one. */
  compactRevision: number;
  cancelReason: string;
  events: MemoryEvent[];
}

/**
 * WatchResponse { header = 1, watch_id = 2, created = 3, canceled = 4, compact_revision = 5, cancel_reason = 6,
 * events = 11 }
 */
export function decodeWatchMessage(buffer: Buffer): WatchMessage {
  const reader = new WireReader(buffer);
  const message: WatchMessage = {
    revision: 0,
    watchId: 0,
    created: false,
    canceled: false,
    compactRevision: 0,
    cancelReason: '',
    events: [],
  };
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 10) message.revision = readHeaderRevision(reader.message());
    else if (tag === 16) message.watchId = Number(reader.int64());
    else if (tag === 90) message.events.push(readEvent(reader.message()));
    else readRareField(reader, tag, message);
  }
  return message;
}

function readRareField(reader: WireReader, tag: number, message: WatchMessage): void {
  if (tag === 24) message.created = reader.varint() !== 0;
  else if (tag === 32) message.canceled = reader.varint() !== 0;
  else if (tag === 40) message.compactRevision = reader.varint();
  else if (tag === 50) message.cancelReason = reader.text();
  else reader.skip(tag);
}

/** Event { type = 1 (0: put, 1: delete), kv = 2 } */
function readEvent(reader: WireReader): MemoryEvent {
  let deleted = false;
  let record = { key: '', value: '', createRevision: 0, modRevision: 0 };
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 8) deleted = reader.varint() === 1;
    else if (tag === 18) record = readRecord(reader.message());
    else reader.skip(tag);
  }
  return deleted
    ? { kind: 'delete', key: record.key, modRevision: record.modRevision }
    : { kind: 'put', record };
}
