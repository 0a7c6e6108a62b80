/** etcd's KV messages: transactions and ranges out, their answers in. Field numbers are those of its v3 API. */
import type { Commit, Guard, KeySelector, MemoryRecord, Operation, Transaction } from '../shared-memory.ts';
import { checkKey } from '../keys.ts';
import { keyRange } from './key-range.ts';
import { type BackwardWriter, WireReader } from './wire.ts';

/** `Compare.target`: the revision of the last change; 0 for a key that does not exist. */
const compareModRevision = 2;

/** TxnRequest { compare = 1, success = 2, failure = 3 } */
export function encodeTransaction(writer: BackwardWriter, transaction: Transaction): Buffer {
  return writer.encode(() => {
    if (transaction.failure !== undefined) writeOperations(writer, 3, transaction.failure);
    writeOperations(writer, 2, transaction.success);
    for (let index = transaction.guards.length - 1; index >= 0; index -= 1) {
      const guard = transaction.guards[index];
      if (guard !== undefined) writeGuard(writer, guard);
    }
  });
}

/** Compare { result = 1 (0: equal), target = 2, key = 3, mod_revision = 6 } */
function writeGuard(writer: BackwardWriter, guard: Guard): void {
  checkKey(guard.key);
  const mark = writer.mark();
  writer.varint(6, 'absent' in guard ? 0 : guard.modRevision);
  writer.bytes(3, guard.key);
  writer.varint(2, compareModRevision);
  writer.closeMessage(1, mark);
}

function writeOperations(writer: BackwardWriter, field: number, operations: readonly Operation[]): void {
  for (let index = operations.length - 1; index >= 0; index -= 1) {
    const operation = operations[index];
    if (operation === undefined) continue;
    const mark = writer.mark();
    writeOperation(writer, operation);
    writer.closeMessage(field, mark);
  }
}

/** RequestOp { request_range = 1, request_put = 2, request_delete_range = 3 } */
function writeOperation(writer: BackwardWriter, operation: Operation): void {
  const mark = writer.mark();
  if (operation.op === 'put') {
    checkKey(operation.key);
    if (operation.lease !== undefined) writer.int64(3, BigInt(operation.lease.id));
    writer.bytes(2, operation.value);
    writer.bytes(1, operation.key);
    writer.closeMessage(2, mark);
  } else {
    writeSelect(writer, operation.select);
    writer.closeMessage(operation.op === 'range' ? 1 : 3, mark);
  }
}

/** RangeRequest and DeleteRangeRequest both start { key = 1, range_end = 2 }; sorted by key without asking. */
function writeSelect(writer: BackwardWriter, select: KeySelector): void {
  const { key, rangeEnd } = keyRange(select);
  if (rangeEnd !== undefined) writer.bytes(2, rangeEnd);
  writer.bytes(1, key);
}

export function encodeRange(writer: BackwardWriter, select: KeySelector): Buffer {
  return writer.encode(() => writeSelect(writer, select));
}

/** CompactionRequest { revision = 1 } */
export function encodeCompaction(writer: BackwardWriter, revision: number): Buffer {
  return writer.encode(() => writer.varint(1, revision));
}

/** TxnResponse { header = 1, succeeded = 2, responses = 3 } */
export function decodeCommit(message: Buffer): Commit {
  const reader = new WireReader(message);
  const ranges: MemoryRecord[][] = [];
  let revision = 0;
  let succeeded = false;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 10) revision = readHeaderRevision(reader.message());
    else if (tag === 16) succeeded = reader.varint() !== 0;
    else if (tag === 26) readResponse(reader.message(), ranges);
    else reader.skip(tag);
  }
  return { succeeded, revision, ranges };
}

/** ResponseOp { response_range = 1, … }; the answers to puts and deletes carry nothing that is used. */
function readResponse(reader: WireReader, ranges: MemoryRecord[][]): void {
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 10) ranges.push(readRange(reader.message()).records);
    else reader.skip(tag);
  }
}

export function decodeRange(message: Buffer): { revision: number; records: MemoryRecord[] } {
  return readRange(new WireReader(message));
}

/** RangeResponse { header = 1, kvs = 2 } */
function readRange(reader: WireReader): { revision: number; records: MemoryRecord[] } {
  const records: MemoryRecord[] = [];
  let revision = 0;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 10) revision = readHeaderRevision(reader.message());
    else if (tag === 18) records.push(readRecord(reader.message()));
    else reader.skip(tag);
  }
  return { revision, records };
}

/** ResponseHeader { revision = 3 } */
export function readHeaderRevision(reader: WireReader): number {
  let revision = 0;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 24) revision = reader.varint();
    else reader.skip(tag);
  }
  return revision;
}

/** KeyValue { key = 1, create_revision = 2, mod_revision = 3, value = 5 } */
export function readRecord(reader: WireReader): MemoryRecord {
  let key = '';
  let value = '';
  let createRevision = 0;
  let modRevision = 0;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 10) key = reader.text();
    else if (tag === 16) createRevision = reader.varint();
    else if (tag === 24) modRevision = reader.varint();
    else if (tag === 42) value = reader.text();
    else reader.skip(tag);
  }
  return { key, value, createRevision, modRevision };
}
