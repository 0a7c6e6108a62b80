/**
 * The log a replica keeps of what it executed: one fixed-size entry per order, from order 1, so that verification
 * can replay the whole run. It is evidence, not state: replicas recover from the shared memory, never from here.
 *
 * Entry, 9 bytes little-endian: client u32, sequence u32, operation u8. A no-op (an order that carries no request)
 * has operation 255.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { LogEntry } from '../linearizability/log-replay.ts';

export const entryBytes = 9;
const bufferedEntries = 4096;

export interface ExecutionLogWriter extends Disposable {
  append(client: number, sequence: number, operation: number): void;
  flush(): void;
}

/** Appends synchronously, 36 KiB at a time: cheaper than keeping promises for bytes nobody waits for. */
export function openExecutionLog(path: string): ExecutionLogWriter {
  const file = openSync(path, 'w');
  const buffer = Buffer.alloc(bufferedEntries * entryBytes);
  let used = 0;
  const flush = () => {
    for (let written = 0; written < used;) written += writeSync(file, buffer, written, used - written);
    used = 0;
  };
  return {
    append(client, sequence, operation) {
      if (used === buffer.length) flush();
      buffer.writeUInt32LE(client, used);
      buffer.writeUInt32LE(sequence, used + 4);
      buffer.writeUInt8(operation, used + 8);
      used += entryBytes;
    },
    flush,
    [Symbol.dispose]() {
      flush();
      closeSync(file);
    },
  };
}

/** Entries in order, the first with order 1. A torn last entry is an error: verification flushes first. */
export function* readExecutionLog(content: Uint8Array): Generator<LogEntry> {
  if (content.byteLength % entryBytes !== 0) {
    throw new Error(`execution log of ${content.byteLength} bytes ends within an entry`);
  }
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  for (let at = 0, order = 1; at < content.byteLength; at += entryBytes, order += 1) {
    yield {
      order,
      client: view.getUint32(at, true),
      sequence: view.getUint32(at + 4, true),
      operation: view.getUint8(at + 8),
    };
  }
}
