/** What leases of a shared memory do. Stores may round a time to live up, so nothing here depends on its length. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Lease, SharedMemory } from '../shared-memory.ts';
import { eventually, put, record, type Suite } from './harness.ts';

const expired = { name: 'StrataError', code: 'STRATA-E514', cause: expect.any(Error) as Error };

async function putLeased(memory: SharedMemory, key: string, lease: Lease): Promise<number> {
  return (await memory.commit({ guards: [], success: [{ op: 'put', key, value: 'leased', lease }] }))
    .revision;
}

export function describeLeases(suite: Suite): void {
  describe('a lease', () => {
    it('that expires deletes its keys, tells watchers, and can be neither prolonged nor used', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const lease = await memory.grantLease(300);
      const from = await putLeased(memory, `${at}a`, lease);
      await putLeased(memory, `${at}b`, lease);
      await using watch = await record(memory, { prefix: at }, from + 2);
      const events = await watch.received(2);
      expect(events.map(({ kind }) => kind)).toEqual(['delete', 'delete']);
      expect((await memory.range({ prefix: at })).records).toEqual([]);
      await expect(memory.keepAlive(lease)).rejects.toMatchObject(expired);
      await expect(putLeased(memory, `${at}c`, lease)).rejects.toMatchObject(expired);
    });

    it('lives on while it is prolonged', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const [prolonged, left] = [await memory.grantLease(1_000), await memory.grantLease(1_000)];
      await putLeased(memory, `${at}prolonged`, prolonged);
      await putLeased(memory, `${at}left`, left);
      const remaining = async () => (await memory.range({ prefix: at })).records.map(({ key }) => key);
      await eventually('the other lease to expire', async () => {
        await memory.keepAlive(prolonged);
        await sleep(100);
        return !(await remaining()).includes(`${at}left`);
      });
      await memory.keepAlive(prolonged);
      expect(await remaining()).toEqual([`${at}prolonged`]);
      await memory.revokeLease(prolonged);
    });

    it('that is revoked deletes its keys in one revision; revoking again is harmless', async () => {
      await using memory = await suite.connect();
      const at = suite.fresh();
      const lease = await memory.grantLease(60_000);
      await putLeased(memory, `${at}a`, lease);
      const last = await putLeased(memory, `${at}b`, lease);
      await using watch = await record(memory, { prefix: at }, last + 1);
      await memory.revokeLease(lease);
      await memory.revokeLease(lease);
      await watch.received(2);
      expect(watch.batches.map(({ revision, events }) => [revision, events.length])).toEqual([[last + 1, 2]]);
      await expect(memory.keepAlive(lease)).rejects.toMatchObject(expired);
    });

    it('lets go of a key that is written without it', async () => {
      await using memory = await suite.connect();
      const key = `${suite.fresh()}a`;
      const lease = await memory.grantLease(60_000);
      await putLeased(memory, key, lease);
      await put(memory, key, 'own');
      await memory.revokeLease(lease);
      expect((await memory.range({ key })).records).toMatchObject([{ value: 'own' }]);
    });
  });
}
