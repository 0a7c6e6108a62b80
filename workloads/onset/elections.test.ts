import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { elections, type Observer } from './elections.ts';
import { compareClocks, replicaClock } from './replica-clock.ts';

const { signal } = new AbortController();

/** A replica that only tells its time. */
async function replicaWithClock(aheadNs: bigint) {
  const server = createServer((_, response) => {
    response.end((process.hrtime.bigint() + aheadNs).toString());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: { name: 'replica-1', host: '127.0.0.1', port },
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

describe('elections on the clock of the samples', () => {
  it('stand where they happened although the replica’s clock is hours apart', async () => {
    const aheadNs = 23_392_000_000_000n;
    await using replica = await replicaWithClock(-aheadNs);
    const epochHrtimeNs = process.hrtime.bigint();
    const before = await compareClocks(replica.endpoint, signal);
    const noticedNs = process.hrtime.bigint();
    const after = await compareClocks(replica.endpoint, signal);
    const clock = replicaClock(before, after, epochHrtimeNs);
    const changes = [{ epoch: 1, leader: 0, atHrtimeNs: (noticedNs - aheadNs).toString() }];
    const [election] = elections([{ changes, clock }]);
    expect(election?.text).toMatch(/^replica-1 leads epoch 1 \(± \d+\.\d ms\)$/);
    const wrongByNs = Math.abs((election?.atNs ?? NaN) - Number(noticedNs - epochHrtimeNs));
    expect(wrongByNs).toBeLessThanOrEqual(clock.uncertaintyNs + 1);
  });

  it('are exact where replica and harness read one clock', async () => {
    await using replica = await replicaWithClock(0n);
    const epochHrtimeNs = process.hrtime.bigint();
    const reading = await compareClocks(replica.endpoint, signal);
    const clock = replicaClock(reading, reading, epochHrtimeNs);
    const changes = [{ epoch: 1, leader: 2, atHrtimeNs: (epochHrtimeNs + 1_234_567n).toString() }];
    expect(elections([{ changes, clock }])).toEqual([
      { atNs: 1_234_567, kind: 'election', text: 'replica-3 leads epoch 1' },
    ]);
  });

  it('are told once each, as the first replica noticed them, in the order of time', () => {
    const observer = (...changes: readonly (readonly [epoch: number, atNs: number])[]): Observer => ({
      changes: changes.map(([epoch, atNs]) => ({ epoch, leader: epoch - 1, atHrtimeNs: String(atNs) })),
      clock: { toSamplesNs: Number, uncertaintyNs: 0 },
    });
    const told = elections([observer([1, 20], [2, 90]), observer([2, 70], [1, 30])]);
    expect(told.map(({ atNs, text }) => [atNs, text])).toEqual([
      [20, 'replica-1 leads epoch 1'],
      [70, 'replica-2 leads epoch 2'],
    ]);
  });
});
