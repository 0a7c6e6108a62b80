import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { liveRuns, type LiveRuns } from './live-runs.ts';

describe('live runs', () => {
  let directory: string;
  let runs: LiveRuns;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'live-runs-'));
    runs = liveRuns(path.join(directory, 'live'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  const fileOf = (runId: string) => path.join(directory, 'live', `${runId}.json`);
  /** Lets the file say something else than what this process wrote. */
  async function rewrite(runId: string, change: Record<string, unknown>) {
    const said = JSON.parse(await readFile(fileOf(runId), 'utf8')) as Record<string, unknown>;
    await writeFile(fileOf(runId), JSON.stringify({ ...said, ...change }));
  }

  test('a run is alive from its registration until that is disposed', async () => {
    expect(runs.isLive('r1')).toBe(false);
    expect(await runs.listRuns()).toEqual([]);
    const registration = await runs.registerLiveRun('r1');
    expect(runs.isLive('r1')).toBe(true);
    expect(await runs.listRuns()).toMatchObject([{ runId: 'r1', live: true, process: { pid: process.pid } }]);
    await registration[Symbol.asyncDispose]();
    expect(runs.isLive('r1')).toBe(false);
    expect(await readdir(path.join(directory, 'live'))).toEqual([]);
  });

  test('a second process for a live run is refused, naming the first', async () => {
    await using first = await runs.registerLiveRun('r1');
    await expect(runs.registerLiveRun('r1')).rejects.toMatchObject({
      code: 'STRATA-E305',
      message: `run r1 is being carried out by process ${process.pid}`,
    });
    expect(runs.isLive('r1')).toBe(true);
    await first[Symbol.asyncDispose]();
  });

  test('the run of a killed process is dead, is listed, and can be taken over', async () => {
    const other = spawn('sleep', ['60']);
    await runs.registerLiveRun('r1');
    const { pid } = other;
    const stat = await readFile(`/proc/${pid ?? 0}/stat`, 'utf8');
    await rewrite('r1', { pid, startTicks: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) });
    expect(runs.isLive('r1')).toBe(true);

    other.kill('SIGKILL');
    await once(other, 'exit');

    expect(runs.isLive('r1')).toBe(false);
    expect(await runs.listRuns()).toMatchObject([{ runId: 'r1', live: false }]);
    const takenOver = await runs.registerLiveRun('r1');
    expect(runs.isLive('r1')).toBe(true);
    await takenOver[Symbol.asyncDispose]();
  });

  test('a later process with the same pid does not make the run look alive', async () => {
    await runs.registerLiveRun('r1');
    await rewrite('r1', { startTicks: 1 });
    expect(runs.isLive('r1')).toBe(false);
  });

  test('the same pid and start time in another boot do not make the run look alive', async () => {
    await runs.registerLiveRun('r1');
    await rewrite('r1', { bootId: '00000000-0000-0000-0000-000000000000' });
    expect(runs.isLive('r1')).toBe(false);
  });

  test('in doubt a run is alive: another pid namespace, a file that is not understood', async () => {
    await runs.registerLiveRun('r1');
    await rewrite('r1', { pidNamespace: 'pid:[1]', pid: 4_000_000 });
    await writeFile(fileOf('r2'), '{"pid":');
    expect([runs.isLive('r1'), runs.isLive('r2')]).toEqual([true, true]);
    await runs.forgetDeadRun('r1');
    expect(runs.isLive('r1')).toBe(true);
  });

  test('a dead run can be forgotten', async () => {
    await runs.registerLiveRun('r1');
    await rewrite('r1', { startTicks: 1 });
    await runs.forgetDeadRun('r1');
    expect(await runs.listRuns()).toEqual([]);
  });

  test('disposing does not take away what a successor registered', async () => {
    const first = await runs.registerLiveRun('r1');
    await rewrite('r1', { startTicks: 1 });
    const second = await runs.registerLiveRun('r1');
    await rewrite('r1', { note: 'of the successor' });
    await first[Symbol.asyncDispose]();
    expect(runs.isLive('r1')).toBe(true);
    await second[Symbol.asyncDispose]();
  });

  test('a name that would leave the directory is refused', async () => {
    for (const runId of ['../r1', '', 'a/b', '.hidden', 'ports']) {
      await expect(async () => runs.registerLiveRun(runId)).rejects.toMatchObject({ code: 'STRATA-E404' });
    }
  });

  test('a place that cannot be written is an error with the cause and the fix', async () => {
    await writeFile(path.join(directory, 'file'), '');
    const blocked = liveRuns(path.join(directory, 'file', 'live'));
    await expect(blocked.registerLiveRun('r1')).rejects.toMatchObject({
      code: 'STRATA-E306',
      cause: { code: 'ENOTDIR' },
    });
  });
});
