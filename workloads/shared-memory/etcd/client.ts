/** The shared memory on etcd's v3 API (3.4 and later). */
import { causeChain } from '../../../harness/foundation/errors.ts';
import { grpcStatus } from './grpc.ts';
import { cannotConnect, leaseExpired, type Endpoint } from '../failures.ts';
import type { SharedMemory, Transaction } from '../shared-memory.ts';
import type { MemoryClientOptions } from '../client-options.ts';
import { decodeCommit, decodeRange, encodeCompaction, encodeRange, encodeTransaction } from './kv-codec.ts';
import { decodeLease, encodeGrant, encodeLease } from './lease-codec.ts';
import { openTransport, refusalStatus, type EtcdTransport } from './transport.ts';
import { openWatches } from './watches.ts';
import { BackwardWriter } from './wire.ts';

const methods = {
  commit: '/etcdserverpb.KV/Txn',
  range: '/etcdserverpb.KV/Range',
  compact: '/etcdserverpb.KV/Compact',
  grant: '/etcdserverpb.Lease/LeaseGrant',
  revoke: '/etcdserverpb.Lease/LeaseRevoke',
  keepAlive: '/etcdserverpb.Lease/LeaseKeepAlive',
};

/** Connects and reads once; rejects with E510 when that fails. */
export async function connectEtcd(endpoint: Endpoint, options: MemoryClientOptions): Promise<SharedMemory> {
  const transport = openTransport(endpoint, options.callTimeoutMs);
  try {
    const probe = encodeRange(new BackwardWriter(), { key: '\0' });
    await transport.call(methods.range, probe, 'the first read');
  } catch (error) {
    transport[Symbol.dispose]();
    throw cannotConnect(endpoint, error);
  }
  return createMemory(transport, options);
}

function createMemory(transport: EtcdTransport, options: MemoryClientOptions): SharedMemory {
  const watches = openWatches(transport, options);
  const writer = new BackwardWriter();
  return {
    kind: 'etcd',
    async commit(transaction) {
      const request = encodeTransaction(writer, transaction);
      try {
        return decodeCommit(await transport.call(methods.commit, request, 'a transaction'));
      } catch (error) {
        throw refusalStatus(error) === grpcStatus.notFound
          ? leaseExpired(leasesOf(transaction), error)
          : error;
      }
    },
    async range(select) {
      return decodeRange(await transport.call(methods.range, encodeRange(writer, select), 'a read'));
    },
    watch: (select, fromRevision, handler) => watches.watch(select, fromRevision, handler),
    /** etcd's compaction keeps the state at its revision but may drop a deletion made there: stop one short. */
    async compact(revision) {
      if (revision <= 1) return;
      const request = encodeCompaction(writer, revision - 1);
      await unlessRefused(grpcStatus.outOfRange, /has been compacted/, () =>
        transport.call(methods.compact, request, `compaction at ${revision}`),
      );
    },
    async grantLease(ttlMs) {
      const request = encodeGrant(writer, Math.max(1, Math.ceil(ttlMs / 1000)));
      return decodeLease(await transport.call(methods.grant, request, 'the grant of a lease')).lease;
    },
    async keepAlive(lease) {
      const request = encodeLease(writer, lease);
      const answer = await transport.call(methods.keepAlive, request, 'the prolongation of a lease');
      if (decodeLease(answer).ttlS <= 0) throw leaseExpired(lease.id);
    },
    async revokeLease(lease) {
      const request = encodeLease(writer, lease);
      await unlessRefused(grpcStatus.notFound, /lease not found/, () =>
        transport.call(methods.revoke, request, 'the revocation of a lease'),
      );
    },
    [Symbol.asyncDispose]() {
      watches[Symbol.dispose]();
      transport[Symbol.dispose]();
      return Promise.resolve();
    },
  };
}

/** For calls whose goal is reached already when etcd refuses them this way. */
async function unlessRefused(code: number, details: RegExp, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (refusalStatus(error) !== code || !causeChain(error).some((message) => details.test(message)))
      throw error;
  }
}

function leasesOf({ success, failure = [] }: Transaction): string {
  const ids = [...success, ...failure].flatMap((each) =>
    each.op === 'put' && each.lease ? [each.lease.id] : [],
  );
  return [...new Set(ids)].join(' or ');
}
