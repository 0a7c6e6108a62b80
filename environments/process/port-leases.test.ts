import { createServer } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { leasableRange, leasedPorts, openPortLeases, reapPortLeases } from './port-leases.ts';

describe('port leases', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'port-leases-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const range = { first: 21_000, last: 21_039 };

  test('holders of different runs never get the same port, also when they ask at the same time', async () => {
    await using first = await openPortLeases('r1', directory, range);
    await using second = await openPortLeases('r2', directory, range);
    const ports = await Promise.all(
      [first, second].flatMap((leases) => Array.from({ length: 15 }, () => leases.take())),
    );
    expect(new Set(ports).size).toBe(30);
  });

  test('a port that a stranger listens on is passed over', async () => {
    const stranger = createServer().listen(21_101, '127.0.0.1');
    await once(stranger, 'listening');
    await using leases = await openPortLeases('r1', directory, { first: 21_100, last: 21_102 });
    const ports = [await leases.take(), await leases.take()];
    stranger.close();
    expect(ports.sort()).toEqual([21_100, 21_102]);
  });

  test('when no port is left, the error says the range and what to do', async () => {
    await using leases = await openPortLeases('r1', directory, { first: 21_200, last: 21_200 });
    await leases.take();
    await expect(leases.take()).rejects.toMatchObject({
      code: 'STRATA-E405',
      message: 'every port from 21200 to 21200 is leased or in use',
    });
  });

  test('a port given back can be had again', async () => {
    await using leases = await openPortLeases('r1', directory, { first: 21_300, last: 21_300 });
    const port = await leases.take();
    await leases.giveBack([port]);
    expect(await leases.take()).toBe(port);
  });

  test('disposing leaves nothing, and nothing of others is touched', async () => {
    await using other = await openPortLeases('r2', directory, range);
    await other.take();
    {
      await using leases = await openPortLeases('r1', directory, range);
      await leases.take();
      expect(await leasedPorts('r1', directory)).toHaveLength(2);
    }
    expect(await leasedPorts('r1', directory)).toEqual([]);
    expect(await leasedPorts('r2', directory)).toHaveLength(2);
  });

  test('leases of dead runs are reaped, those of live ones and of this process stay', async () => {
    const dead = await openPortLeases('dead', directory, range);
    const port = await dead.take();
    await using live = await openPortLeases('live', directory, range);
    await live.take();
    const isLive = (runId: string) => runId === 'live';
    expect(await reapPortLeases(isLive, directory)).toEqual([]);
    const removed = await reapPortLeases(isLive, directory, process.pid + 1);
    expect(removed).toEqual([{ kind: 'port-lease', name: String(port), runId: 'dead' }]);
    expect(await readdir(directory)).toHaveLength(2);
  });

  test('the range lies outside of the ephemeral one, on its larger side', () => {
    expect(leasableRange({ first: 32_768, last: 60_999 })).toEqual({ first: 10_240, last: 32_767 });
    expect(leasableRange({ first: 10_000, last: 20_000 })).toEqual({ first: 20_001, last: 65_535 });
    expect(leasableRange({ first: 1_024, last: 65_535 })).toEqual({ first: 10_240, last: 65_535 });
  });
});
