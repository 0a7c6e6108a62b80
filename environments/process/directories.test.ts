import { randomBytes } from 'node:crypto';
import { lstat, mkdir, rm, rmdir, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { registerLiveRun } from '../live-runs.ts';
import {
  makeNodeDirectories,
  makeRunDirectories,
  markedRunDirectories,
  reapDirectories,
} from './directories.ts';

describe('directories of a run', () => {
  let runId: string;
  let directory: string;
  beforeEach(() => {
    runId = `directories-${randomBytes(4).toString('hex')}`;
    directory = path.join(tmpdir(), `strata-${runId}`);
  });
  afterEach(async () => {
    await reapDirectories((other) => other !== runId);
    await rm(directory, { recursive: true, force: true });
  });

  const found = async () =>
    (await markedRunDirectories()).filter((each) => each.runId === runId).map((each) => each.directory);
  const reaped = async () =>
    (await reapDirectories((other) => other !== runId)).map(({ name }) => name).sort();
  const markOf = async () => await lstat(path.join(directory, '.strata-run'), { bigint: true });

  test('are found by their mark and reaped with what is in them', async () => {
    await makeRunDirectories(runId);
    const { dataDir } = await makeNodeDirectories(runId, 't0001', 'a', 'disk');
    await writeFile(path.join(dataDir, 'kept'), 'x');
    const all = (await found()).sort();
    expect(all).toContain(directory);
    expect(await reaped()).toEqual(all);
    expect(await found()).toEqual([]);
  });

  test('keep the mark they have, so that a harness killed while it makes nodes leaves a whole one', async () => {
    await makeRunDirectories(runId);
    const { ino, ctimeNs } = await markOf();
    await Promise.all(['a', 'b', 'c'].map((name) => makeNodeDirectories(runId, 't0001', name, 'disk')));
    expect(await markOf()).toMatchObject({ ino, ctimeNs });
  });

  test('of a run that was killed before it had marked them, or after it had unmarked them, are reaped', async () => {
    await using _registered = await registerLiveRun(runId);
    await mkdir(directory);
    expect(await reaped()).toEqual([directory]);
    await makeRunDirectories(runId);
    await unlink(path.join(directory, '.strata-run'));
    expect(await reaped()).toContain(directory);
  });

  test('are not taken for a run that nobody knows, nor when something unmarked is in them', async () => {
    await mkdir(directory);
    expect(await reaped()).toEqual([]);
    await using _registered = await registerLiveRun(runId);
    await writeFile(path.join(directory, 'file'), 'of somebody');
    expect(await reaped()).toEqual([]);
    await unlink(path.join(directory, 'file'));
    await rmdir(directory);
    await writeFile(directory, 'a file, not a directory');
    expect(await reaped()).toEqual([]);
  });
});
