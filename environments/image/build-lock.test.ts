import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownIdentity } from '../process-identity.ts';
import { acquireBuildLock, type LockRequest } from './build-lock.ts';

describe('the build lock', () => {
  let dir: string;
  let lockPath: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'build lock '));
    lockPath = path.join(dir, 'rootfs.lock');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const request = (more: Partial<LockRequest> = {}): LockRequest => ({
    ...{ path: lockPath, work: 'building', timeoutMs: 5_000, progress: () => undefined },
    signal: new AbortController().signal,
    ...more,
  });

  it('is held by one at a time, in turn, and leaves no file', async () => {
    let inside = 0;
    let most = 0;
    const turn = async () => {
      await using _lock = await acquireBuildLock(request());
      inside += 1;
      most = Math.max(most, inside);
      await new Promise((wake) => setTimeout(wake, 20));
      inside -= 1;
      return _lock;
    };
    await Promise.all(Array.from({ length: 4 }, turn));
    expect(most).toBe(1);
    expect(await readdir(dir)).toEqual([]);
  });

  it('of a live process is waited for with a deadline that says what for', async () => {
    const lock = await acquireBuildLock(request());
    const told: string[] = [];
    await expect(
      acquireBuildLock(request({ timeoutMs: 300, progress: (text) => told.push(text) })),
    ).rejects.toMatchObject({
      code: 'STRATA-E318',
      message: expect.stringContaining('another process to end building') as string,
    });
    expect(told).toEqual([expect.stringContaining(`waiting for process ${process.pid}`)]);
    expect(existsSync(lockPath)).toBe(true);
    await lock[Symbol.asyncDispose]();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is not waited for after an abort', async () => {
    await using _held = await acquireBuildLock(request());
    const abort = new AbortController();
    const waiting = acquireBuildLock(request({ signal: abort.signal }));
    abort.abort(new Error('called off'));
    await expect(waiting).rejects.toThrow();
    expect(_held).toBeDefined();
  });

  const dead = {
    'of a process that ended': { ...ownIdentity(), pid: 2 ** 22 - 1 },
    'of an earlier process with the same number': { ...ownIdentity(), startTicks: 1 },
    'from before the last boot': { ...ownIdentity(), bootId: 'another' },
  };
  for (const [whose, identity] of Object.entries(dead)) {
    it(`${whose} is taken over`, async () => {
      await writeFile(lockPath, JSON.stringify({ process: identity, sinceIso: '2024-01-01T00:00:00Z' }));
      const lock = await acquireBuildLock(request());
      await lock[Symbol.asyncDispose]();
      expect(await readdir(dir)).toEqual([]);
    });
  }

  it('that is no lock at all is taken over', async () => {
    await writeFile(lockPath, '');
    await (await acquireBuildLock(request()))[Symbol.asyncDispose]();
  });
});
