/** The hand-made codec against protobufjs, which reads and writes the same messages from a description. */
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import type { Transaction } from '../shared-memory.ts';
import { description } from './codec.reference.ts';
import { decodeCommit, decodeRange, encodeCompaction, encodeRange, encodeTransaction } from './kv-codec.ts';
import { decodeLease, encodeGrant, encodeLease } from './lease-codec.ts';
import { decodeWatchMessage, encodeWatchCancel, encodeWatchCreate } from './watch-codec.ts';
import { BackwardWriter } from './wire.ts';

const { root } = protobuf.parse(description, { keepCase: true });
const read = (type: string, bytes: Uint8Array) => {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: String, defaults: false, bytes: Buffer });
};
const write = (type: string, value: object) => {
  const message = root.lookupType(type);
  return Buffer.from(message.encode(message.fromObject(value)).finish());
};

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 300 });
const number = fc.maxSafeNat();
const writer = new BackwardWriter();
const bytes = (value: string) => Buffer.from(value);
const header = (revision: number) => ({
  cluster_id: '17237436991929493444',
  member_id: '1',
  revision,
  raft_term: 2,
});

describe('requests', () => {
  it('are transactions as protobufjs reads them', () => {
    fc.assert(
      fc.property(
        text,
        text,
        number,
        fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
        (key, value, modRevision, id) => {
          const transaction: Transaction = {
            guards: [
              { key, modRevision },
              { key: 'b', absent: true },
            ],
            success: [
              { op: 'put', key, value, lease: { id: String(id) } },
              { op: 'range', select: { key } },
            ],
            failure: [{ op: 'delete', select: { from: '', to: 'x' } }],
          };
          const guard = { target: 2, result: 0 };
          expect(read('TxnRequest', encodeTransaction(writer, transaction))).toMatchObject({
            compare: [
              { key: bytes(key), mod_revision: String(modRevision), target: guard.target },
              { key: bytes('b'), mod_revision: '0', target: guard.target },
            ],
            success: [
              { request_put: { key: bytes(key), value: bytes(value), lease: String(id) } },
              { request_range: { key: bytes(key) } },
            ],
            failure: [{ request_delete_range: { key: bytes('\0'), range_end: bytes('x') } }],
          });
        },
      ),
    );
  });

  it('are prefixes with the key behind the last one', () => {
    const range = (prefix: string) => read('RangeRequest', encodeRange(writer, { prefix }));
    expect(range('')).toEqual({ key: bytes('\0'), range_end: bytes('\0') });
    expect(range('a')).toEqual({ key: bytes('a'), range_end: bytes('b') });
    expect(range('\u{10ffff}')).toMatchObject({ range_end: Buffer.from([0xf4, 0x8f, 0xbf, 0xc0]) });
  });

  it('are watches, leases and compactions', () => {
    const create = encodeWatchCreate(writer, { id: 300, select: { key: 'a' }, startRevision: 2 ** 40 });
    expect(read('WatchRequest', create)).toEqual({
      create_request: {
        key: bytes('a'),
        start_revision: String(2 ** 40),
        progress_notify: true,
        watch_id: '300',
      },
    });
    expect(read('WatchRequest', encodeWatchCancel(writer, 7))).toEqual({ cancel_request: { watch_id: '7' } });
    expect(read('LeaseGrantRequest', encodeGrant(writer, 5))).toEqual({ TTL: '5' });
    expect(read('LeaseRevokeRequest', encodeLease(writer, { id: '-5' }))).toEqual({ ID: '-5' });
    expect(read('CompactionRequest', encodeCompaction(writer, 128))).toEqual({ revision: '128' });
  });

  it('are not spoilt by one that failed half-way', () => {
    const failing: Transaction = {
      guards: [],
      success: [
        { op: 'put', key: '', value: 'x' },
        { op: 'put', key: 'b', value: 'y'.repeat(9_000) },
      ],
    };
    expect(() => encodeTransaction(writer, failing)).toThrow('an empty key');
    expect(read('RangeRequest', encodeRange(writer, { key: 'a' }))).toEqual({ key: bytes('a') });
  });
});

const kv = (key: string, value: string, revision: number) => ({
  ...{ key: bytes(key), value: bytes(value), create_revision: revision, mod_revision: revision },
  ...{ version: 3, lease: '4611686018427387905' },
});

describe('answers', () => {
  it('are commits with their ranges', () => {
    fc.assert(
      fc.property(text, text, number, fc.boolean(), (key, value, revision, succeeded) => {
        const range = { header: header(revision), kvs: [kv(key, value, revision)], count: 1 };
        const responses = [{ response_put: { header: header(revision) } }, { response_range: range }];
        const message = write('TxnResponse', { header: header(revision), succeeded, responses });
        const records = [{ key, value, createRevision: revision, modRevision: revision }];
        expect(decodeCommit(message)).toEqual({ succeeded, revision, ranges: [records] });
        expect(decodeRange(write('RangeResponse', range))).toEqual({ revision, records });
      }),
    );
  });

  it('are watch messages of every kind', () => {
    const none = { created: false, canceled: false, compactRevision: 0, cancelReason: '', events: [] };
    const events = [{ kv: kv('a', 'b', 9) }, { type: 1, kv: { key: bytes('c'), mod_revision: 9 } }];
    expect(decodeWatchMessage(write('WatchResponse', { header: header(9), watch_id: 2, events }))).toEqual({
      ...none,
      ...{ revision: 9, watchId: 2 },
      events: [
        { kind: 'put', record: { key: 'a', value: 'b', createRevision: 9, modRevision: 9 } },
        { kind: 'delete', key: 'c', modRevision: 9 },
      ],
    });
    const ended = { watch_id: -1, created: true, canceled: true, compact_revision: 5, cancel_reason: 'why' };
    expect(decodeWatchMessage(write('WatchResponse', ended))).toMatchObject({
      ...{ watchId: -1, created: true, canceled: true, compactRevision: 5, cancelReason: 'why' },
    });
  });

  it('are leases, expired ones included', () => {
    const granted = write('LeaseKeepAliveResponse', { header: header(1), ID: '7587848390000000001', TTL: 5 });
    expect(decodeLease(granted)).toEqual({ lease: { id: '7587848390000000001' }, ttlS: 5 });
    expect(decodeLease(write('LeaseKeepAliveResponse', { ID: '1', TTL: -1 })).ttlS).toBe(-1);
  });

  it('that are cut off or foreign are refused, whatever the place', () => {
    const whole = write('TxnResponse', {
      header: header(1),
      responses: [{ response_range: { kvs: [kv('a', 'b', 1)] } }],
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some)),
          fc.nat(whole.length).map((n) => whole.subarray(0, n)),
        ),
        (some) => {
          for (const decode of [decodeCommit, decodeRange, decodeWatchMessage, decodeLease]) {
            try {
              decode(some);
            } catch (error) {
              expect(error).toMatchObject({ name: 'StrataError', code: 'STRATA-E517' });
            }
          }
        },
      ),
    );
  });
});
