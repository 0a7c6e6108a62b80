import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Environment, Leftover } from '../../../environments/environment.ts';
import { openRunDir } from '../../../results/store/open-run.ts';
import { createRunDir } from '../../../results/store/run-dir.ts';
import { runOf } from '../summary/run.fixture.ts';
import { clean, cleaningText } from './clean.ts';
import { findRun } from './find-run.ts';
import { concludeRun, writeReport } from './finish-run.ts';
import { readHistory } from './history.ts';
import { listRuns, runTable } from './list-runs.ts';

let baseDir: string;
const first = '20240101-000000-aaaa';
const second = '20240102-000000-bbbb';

beforeAll(async () => {
  baseDir = join(await mkdtemp(join(tmpdir(), 'strata-runs-')), 'größe und raum');
  for (const runId of [first, second]) {
    const { manifest, records } = runOf({ manifest: { runId } });
    await using run = await createRunDir(baseDir, manifest);
    for (const record of runId === first ? records : records.slice(0, 1)) await run.appendTrial(record);
  }
});
afterAll(() => rm(join(baseDir, '..'), { recursive: true, force: true }));

describe('a run is found', () => {
  it('by its id, the beginning of it, its directory, or as the latest', async () => {
    expect(await findRun(first, baseDir)).toBe(join(baseDir, first));
    expect(await findRun('20240102', baseDir)).toBe(join(baseDir, second));
    expect(await findRun('latest', baseDir)).toBe(join(baseDir, second));
    expect(await findRun(join(baseDir, first), 'elsewhere')).toBe(join(baseDir, first));
  });

  it('or refused: none, or more than one', async () => {
    await expect(findRun('1999', baseDir)).rejects.toMatchObject({ code: 'STRATA-E255', exitCode: 2 });
    await expect(findRun('2024', baseDir)).rejects.toThrow('fits 2 runs');
    await expect(findRun('latest', join(baseDir, 'nowhere'))).rejects.toMatchObject({ code: 'STRATA-E255' });
  });
});

describe('the list of runs', () => {
  it('tells whole from partial runs', async () => {
    const runs = await listRuns(baseDir);
    expect(runs.map(({ runId, trials, status }) => [runId, trials, status])).toEqual([
      [first, '3 of 3', 'complete'],
      [second, '1 of 3', 'partial'],
    ]);
    expect(runTable(runs, 110)).toContain('process');
  });

  it('shows a damaged run as that, and goes on', async () => {
    const damaged = join(baseDir, '20240103-000000-cccc');
    await mkdir(damaged);
    await writeFile(join(damaged, 'manifest.json'), '{');
    const runs = await listRuns(baseDir);
    expect(runs).toHaveLength(3);
    expect(runs[2]?.status).toContain('unreadable');
    await rm(damaged, { recursive: true });
  });

  it('is empty where nothing has been run', async () => {
    expect(await listRuns(join(baseDir, 'nowhere'))).toEqual([]);
  });
});

it('the history of a cell is the mean time of its completed trials', async () => {
  const history = await readHistory(baseDir);
  const key = runOf().manifest.plan[0]?.cellKey ?? '';
  expect(history(key)).toEqual({ meanMs: 2001.5, n: 4 });
  expect(history('another cell')).toBeUndefined();
});

it('a report is written whole beside the results, and CSV, JSON, text and HTML agree', async () => {
  const path = join(baseDir, first);
  const finished = concludeRun(await openRunDir(path), { interrupted: null, notes: [], isStrict: false });
  await writeReport(finished);
  const read = (name: string) => readFile(join(path, name), 'utf8');
  const throughput = finished.cells[0]?.metrics?.throughputPerS.mean ?? Number.NaN;
  const shown = Math.round(throughput)
    .toString()
    .replace(/(\d)(\d{3})$/, '$1\u202f$2');
  expect(await read('report/summary.txt')).toContain(shown);
  expect(await read('report/index.html')).toContain(shown);
  expect(await read('summary.csv')).toContain(String(throughput));
  expect(await read('summary.json')).toContain(String(throughput));
});

describe('clean', () => {
  const leftover: Leftover = { kind: 'container', name: 'strata-x-replica-1', runId: 'x' };
  const environment = (name: 'docker' | 'process', reap: Environment['reap']): Environment => ({
    name,
    preflight: () => Promise.resolve(),
    open: () => Promise.reject(new Error('not opened by clean')),
    reap,
  });
  const { signal } = new AbortController();

  it('lists what it removed by run and kind', async () => {
    const cleaning = await clean({
      isAll: false,
      baseDir,
      signal,
      environments: [environment('docker', () => Promise.resolve([leftover]))],
    });
    expect(cleaningText(cleaning)).toContain('removed x: container strata-x-replica-1');
  });

  it('goes on when one environment cannot be looked at, and says why', async () => {
    const environments = [
      environment('docker', () => Promise.reject(new Error('no socket'))),
      environment('process', () => Promise.resolve([])),
    ];
    const text = cleaningText(await clean({ isAll: false, baseDir, signal, environments }));
    expect(text).toContain('not looked at: docker (no socket)');
    expect(text).toContain('nothing to remove');
  });
});
