import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { liveRuns } from './live-runs.ts';
import { openPortLeases, reapPortLeases } from './process/port-leases.ts';
import { makeSharedDirectory, removeOwn } from './shared-directory.ts';

const nobody = 65_534;

describe.skipIf(process.getuid?.() !== 0)('a directory that users share (tried out only as root)', () => {
  it('is written by all, and what one user put there stays when another removes', async () => {
    await using shared = await sharedDirectory();
    await writeFile(path.join(shared.path, 'of root'), '');
    await asNobody(async () => {
      await writeFile(path.join(shared.path, 'of nobody'), '');
      expect(await removeOwn(path.join(shared.path, 'of nobody'))).toBe(true);
      expect(await removeOwn(path.join(shared.path, 'of nobody'))).toBe(true);
      expect(await removeOwn(path.join(shared.path, 'of root'))).toBe(false);
    });
    expect(await readdir(shared.path)).toEqual(['of root']);
  });

  it('lets a user clean up beside dead runs of another', async () => {
    await using shared = await sharedDirectory();
    await using leases = await openPortLeases('of-root', shared.path);
    const port = String(await leases.take());
    await writeFile(path.join(shared.path, 'of-root.json'), '{"pid":0}');
    await asNobody(async () => {
      const runs = liveRuns(shared.path);
      expect(await reapPortLeases(() => false, shared.path, process.pid + 1)).toEqual([]);
      await runs.forgetDeadRun('of-root');
    });
    expect(await readdir(shared.path)).toEqual(expect.arrayContaining([port, 'of-root.json']));
  });
});

async function sharedDirectory() {
  const base = await mkdtemp(path.join(tmpdir(), 'strata-shared-'));
  await chmod(base, 0o755);
  const directory = path.join(base, 'shared');
  await makeSharedDirectory(directory);
  return { path: directory, [Symbol.asyncDispose]: () => rm(base, { recursive: true }) };
}

/** Everything this process does meanwhile, it does as an ordinary user. */
async function asNobody(work: () => Promise<void>): Promise<void> {
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
  }
}
