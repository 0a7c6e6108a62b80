/** etcd's Lease messages. A lease's identifier is a 64-bit number; outside it is kept as decimal text. */
import type { Lease } from '../shared-memory.ts';
import { type BackwardWriter, WireReader } from './wire.ts';

/** LeaseGrantRequest { TTL = 1 }, in whole seconds. */
export function encodeGrant(writer: BackwardWriter, ttlS: number): Buffer {
  return writer.encode(() => writer.varint(1, ttlS));
}

/** LeaseRevokeRequest and LeaseKeepAliveRequest { ID = 1 } */
export function encodeLease(writer: BackwardWriter, lease: Lease): Buffer {
  return writer.encode(() => writer.int64(1, BigInt(lease.id)));
}

/** LeaseGrantResponse and LeaseKeepAliveResponse { header = 1, ID = 2, TTL = 3 }; TTL 0 = expired. */
export function decodeLease(message: Buffer): { readonly lease: Lease; readonly ttlS: number } {
  const reader = new WireReader(message);
  let id = 0n;
  let ttlS = 0;
  while (reader.more) {
    const tag = reader.tag();
    if (tag === 16) id = reader.int64();
    else if (tag === 24) ttlS = Number(reader.int64());
    else reader.skip(tag);
  }
  return { lease: { id: id.toString() }, ttlS };
}
