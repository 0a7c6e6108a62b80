import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { missingTrials, nextAttempt } from './missing.ts';
import { openRunDir } from './open-run.ts';
import { plannedTrial, sampleCell, sampleManifest, trialRecord } from './records.fixture.ts';
import type { NoiseRecord, TrialRecord } from './records.ts';
import { createRunDir, resumeRunDir } from './run-dir.ts';
import { newRunId, runIdPattern } from './run-id.ts';

const now = new Date('2024-03-01T00:00:00Z');
const noise: NoiseRecord = {
  ...{ trialId: 't0001', attempt: 1, when: 'before', atIso: now.toISOString() },
  readings: { bootId: 'x', load1: 0.5, governor: null },
};
const record = (index: number, changes: Partial<TrialRecord> = {}) =>
  trialRecord(plannedTrial(index), changes);

let root = '';
let base = '';
let bases = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'strata läufe und mehr '));
});
beforeEach(() => {
  base = join(root, `größe ${(bases += 1)}`);
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A run of four trials of which `stored` have their records. */
async function storedRun(...stored: TrialRecord[]): Promise<string> {
  await using run = await createRunDir(base, sampleManifest(4));
  for (const one of stored) await run.appendTrial(one);
  await run.appendNoise(noise);
  return run.path;
}

describe('a run directory', () => {
  it('gives back manifest, trials and noise as they were stored', async () => {
    const path = await storedRun(record(0), record(1, { status: 'failed', metrics: null }));
    const run = await openRunDir(path);
    expect(run.manifest).toEqual(sampleManifest(4));
    expect(run.trials).toEqual([record(0), record(1, { status: 'failed', metrics: null })]);
    expect(run.noise).toEqual([noise]);
    expect(run.warnings).toEqual([]);
  });

  it('keeps how machines came up, and reads a run from before there were any', async () => {
    const cell = { ...sampleCell, env: 'vm', boot: 'cold' } as const;
    const boots = [{ node: 'store', timeline: [{ name: 'ready', atMs: 2600.5 }], failures: ['panic'] }];
    const booted = trialRecord(plannedTrial(1, cell), { boots });
    const path = await storedRun(booted);
    expect((await openRunDir(path)).trials).toEqual([booted]);
    const { boots: _none, ...old } = record(0);
    await writeFile(join(path, 'trials.ndjson'), `${JSON.stringify(old)}\n`);
    expect((await openRunDir(path)).trials).toEqual([record(0)]);
  });

  it('is not made twice: the first one stays as it was', async () => {
    const path = await storedRun(record(0));
    await expect(createRunDir(base, sampleManifest(9))).rejects.toMatchObject({
      code: 'STRATA-E362',
      cause: { code: 'EEXIST' },
    });
    expect((await openRunDir(path)).trials).toHaveLength(1);
  });

  it('takes records from several callers at once, one whole line each', async () => {
    await using run = await createRunDir(base, sampleManifest(4));
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => run.appendTrial(record(0, { attempt: index + 1 }))),
    );
    const { trials } = await openRunDir(run.path);
    expect(trials.map(({ attempt }) => attempt)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  });

  it('refuses a record its reader would not take, and goes on', async () => {
    await using run = await createRunDir(base, sampleManifest(4));
    await expect(run.appendTrial(record(0, { sampleCount: NaN }))).rejects.toMatchObject({
      code: 'STRATA-E163',
      message: expect.stringContaining('sampleCount') as string,
    });
    await run.appendTrial(record(0));
    expect((await openRunDir(run.path)).trials).toEqual([record(0)]);
  });
});

describe('reading a run directory', () => {
  it('changes nothing in it, torn or not', async () => {
    const path = await storedRun(record(0));
    await appendFile(join(path, 'trials.ndjson'), '{"trialId":"t0002","att');
    await writeFile(join(path, 'samples', 't0002.parquet.partial'), 'half');
    const before = await readFile(join(path, 'trials.ndjson'));
    const run = await openRunDir(path);
    expect(run.warnings).toMatchObject([{ code: 'torn-record' }]);
    expect(await readFile(join(path, 'trials.ndjson'))).toEqual(before);
    expect(await readdir(join(path, 'samples'))).toEqual(['t0002.parquet.partial']);
  });

  it.each([
    ['E260', 'does not exist', (path: string) => rm(path, { recursive: true })],
    ['E260', 'manifest.json', (path: string) => rm(join(path, 'manifest.json'))],
    ['E261', 'JSON', (path: string) => truncate(join(path, 'manifest.json'), 100)],
    [
      'E261',
      'strataVersion',
      (path: string) => writeFile(join(path, 'manifest.json'), '{"schemaVersion":1,"runId":"x"}'),
    ],
    ['E262', 'version 99', (path: string) => writeFile(join(path, 'manifest.json'), '{"schemaVersion":99}')],
    ['E261', 'trials.ndjson', (path: string) => rm(join(path, 'trials.ndjson'))],
    ['E263', 'trials.ndjson:1', (path: string) => writeFile(join(path, 'trials.ndjson'), '\n{}\n')],
    [
      'E263',
      't0009',
      (path: string) => writeFile(join(path, 'trials.ndjson'), `${JSON.stringify(record(8))}\n`),
    ],
  ])('refuses with %s and names %s', async (code, named, spoil) => {
    const path = await storedRun(record(0));
    await spoil(path);
    await expect(openRunDir(path)).rejects.toMatchObject({
      code: `STRATA-${code}`,
      message: expect.stringContaining(named) as string,
      fix: expect.stringMatching(/\w/) as string,
    });
  });

  it('refuses a directory that is something else, saying what it holds', async () => {
    await mkdir(base);
    await writeFile(join(base, 'holiday.jpg'), '');
    await expect(openRunDir(base)).rejects.toMatchObject({
      code: 'STRATA-E260',
      message: expect.stringContaining('holiday.jpg') as string,
    });
    await expect(openRunDir(join(base, 'holiday.jpg'))).rejects.toMatchObject({
      code: 'STRATA-E260',
      message: expect.stringContaining('it is a file') as string,
    });
  });
});

describe('resuming a killed run', () => {
  it('cuts off the torn record, removes what is half-made, and appends behind what was whole', async () => {
    const path = await storedRun(record(0));
    // Longer than what will be written over it, so that an end left standing would show.
    const long = record(1, { invalid: ['x'.repeat(5000)] });
    await appendFile(join(path, 'trials.ndjson'), JSON.stringify(long).slice(0, -9));
    await writeFile(join(path, 'samples', 't0002.parquet.partial'), 'half');
    await writeFile(join(path, 'manifest.json.partial'), '{');
    await mkdir(join(path, 'samples', 't0002.parquet.spill-abc'));
    {
      await using run = await resumeRunDir(path, now);
      expect(run.warnings).toMatchObject([{ code: 'torn-record' }]);
      await run.appendTrial(record(1));
    }
    const resumed = await openRunDir(path);
    expect(resumed.trials).toEqual([record(0), record(1)]);
    expect(resumed.warnings).toEqual([]);
    expect(resumed.manifest.resumedAtIso).toEqual([now.toISOString()]);
    expect(await readdir(path)).toEqual([
      'logs',
      'manifest.json',
      'noise.ndjson',
      'samples',
      'trials.ndjson',
    ]);
    expect(await readdir(join(path, 'samples'))).toEqual([]);
  });
});

describe('what is missing of a plan', () => {
  const manifest = sampleManifest(4);
  const ids = (trials: readonly { id: string }[]) => trials.map(({ id }) => id);

  it('is everything that has no completed attempt, in the order of the plan', () => {
    expect(ids(missingTrials(manifest, []))).toEqual(['t0001', 't0002', 't0003', 't0004']);
    expect(ids(missingTrials(manifest, [record(2), record(0)]))).toEqual(['t0002', 't0004']);
  });

  it('counts aborted trials in, failed ones only when they shall be repeated', () => {
    const records = [record(0, { status: 'aborted' }), record(1, { status: 'failed' }), record(2)];
    expect(ids(missingTrials(manifest, records))).toEqual(['t0001', 't0004']);
    expect(ids(missingTrials(manifest, records, { repeatFailed: true }))).toEqual([
      't0001',
      't0002',
      't0004',
    ]);
  });

  it('leaves out a trial that was completed by a later attempt', () => {
    const records = [record(0, { status: 'failed' }), record(0, { attempt: 2 })];
    expect(ids(missingTrials(manifest, records, { repeatFailed: true }))).toEqual([
      't0002',
      't0003',
      't0004',
    ]);
    expect(nextAttempt(records, 't0001')).toBe(3);
    expect(nextAttempt(records, 't0002')).toBe(1);
  });
});

describe('run ids', () => {
  it('carry the time in UTC and differ within a second', () => {
    const ids = Array.from({ length: 50 }, () => newRunId(new Date('2024-02-29T23:59:58.999Z')));
    expect(ids[0]).toMatch(/^20240229-235958-/);
    expect(ids.filter((id) => !runIdPattern.test(id))).toEqual([]);
    expect(new Set(ids).size).toBeGreaterThan(48);
  });
});
