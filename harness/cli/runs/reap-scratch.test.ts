import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunDir } from '../../../results/store/run-dir.ts';
import { killed, runOf } from '../summary/run.fixture.ts';
import { cleaningText } from './clean.ts';
import { reapScratch } from './reap-scratch.ts';

const runId = '20240101-000000-aaaa';
const nobodyLives = () => false;
const all = ['t0001.1', 't0002.1', 't0003.1'];

/** A run killed in its third trial, with scratch of all three; the first failed, the second was just recorded. */
async function killedRun(host = hostname()) {
  const baseDir = await mkdtemp(join(tmpdir(), 'strata scratch ü-'));
  const { manifest, records } = runOf({
    manifest: { runId },
    records: { t0001: { status: 'failed', cause: killed } },
  });
  const onHost = { ...manifest, host: { ...manifest.host, hostname: host } };
  await using run = await createRunDir(baseDir, onHost);
  for (const record of records.slice(0, 2)) await run.appendTrial(record);
  const scratch = join(run.path, 'scratch');
  for (const name of all) {
    await mkdir(join(scratch, name), { recursive: true });
    await writeFile(join(scratch, name, 'driver.cjs'), 'code');
  }
  return {
    baseDir,
    path: run.path,
    scratch: () => readdir(scratch),
    [Symbol.asyncDispose]: () => rm(baseDir, { recursive: true, force: true }),
  };
}

describe('the scratch of dead runs', () => {
  it('goes where its trial was cut off or completed, and stays where --keep-on-failure kept it', async () => {
    await using run = await killedRun();
    const gone = ['t0002.1', 't0003.1'].map((name) => join(run.path, 'scratch', name));
    const { removed, skipped } = await reapScratch(run.baseDir, nobodyLives);
    expect(removed.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(
      gone.map((name) => ({ kind: 'directory', name, runId })),
    );
    expect(skipped).toEqual([]);
    expect(await run.scratch()).toEqual(['t0001.1']);
  });

  it('stays while the run is alive', async () => {
    await using run = await killedRun();
    const { removed } = await reapScratch(run.baseDir, (id) => id === runId);
    expect(removed).toEqual([]);
    expect((await run.scratch()).sort()).toEqual(all);
  });

  it('stays when the run was begun on another machine, where it may be alive', async () => {
    await using run = await killedRun('elsewhere');
    expect((await reapScratch(run.baseDir, nobodyLives)).removed).toEqual([]);
    expect((await run.scratch()).sort()).toEqual(all);
  });

  it('stays when the run cannot be read, and clean says so', async () => {
    await using run = await killedRun();
    await writeFile(join(run.path, 'manifest.json'), '{');
    const reaped = await reapScratch(run.baseDir, nobodyLives);
    expect(reaped.removed).toEqual([]);
    expect(cleaningText({ ...reaped, files: [], live: [] })).toMatch(`not looked at: run ${runId} (`);
    expect((await run.scratch()).sort()).toEqual(all);
  });

  it('is looked for where no run was ever made', async () => {
    expect(await reapScratch(join(tmpdir(), 'strata-nowhere'), nobodyLives)).toEqual({
      removed: [],
      skipped: [],
    });
  });
});
