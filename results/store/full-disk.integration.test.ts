import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, it, type TestContext } from 'vitest';
import { exportSamplesCsv } from '../export/samples-csv.ts';
import { spoolToParquet } from '../sample/parquet.ts';
import { openSpool, type Spool } from '../sample/spool.ts';
import { openRunDir } from './open-run.ts';
import { checkWritable } from './preflight.ts';
import { plannedTrial, sampleManifest, trialRecord } from './records.fixture.ts';
import { createRunDir } from './run-dir.ts';

const run = promisify(execFile);
const full = { code: 'STRATA-E361', fix: expect.stringContaining('--resume') as string };

/** A file system of 3 MB, mounted for as long as the test needs it. */
async function smallDisk(context: TestContext) {
  context.skip(process.getuid?.() !== 0, 'mounting a small file system needs root');
  const path = await mkdtemp(join(tmpdir(), 'strata-disk-'));
  await run('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'strata-test', path]);
  return {
    path,
    makeReadOnly: () => run('mount', ['-o', 'remount,ro', path]),
    async [Symbol.asyncDispose]() {
      await run('umount', [path]);
      await rmdir(path);
    },
  };
}

function recordMany(spool: Spool, count: number): void {
  const sample = {
    ...{ client: 0, sequence: 0, replica: 0, operation: 0, phase: 1 as const, intendedNs: undefined },
    ...{ sendNs: 0, doneNs: 0, status: 200, bytes: 1, attempts: 1, extra: [] },
  };
  for (let index = 0; index < count; index += 1) {
    // Without a pattern, so that Parquet cannot make them small.
    sample.sendNs = Math.floor(Math.random() * 2 ** 50);
    sample.doneNs = sample.sendNs + Math.floor(Math.random() * 2 ** 40);
    spool.record(sample);
  }
}

describe('a disk that is full', () => {
  it('is found before the first trial when the need is known', async (context) => {
    await using disk = await smallDisk(context);
    await checkWritable(join(disk.path, 'deep', 'down'), 1e6);
    await expect(checkWritable(disk.path, 1e9)).rejects.toMatchObject({
      code: 'STRATA-E361',
      message: expect.stringMatching(/has 3\.1 MB free; this run needs about 1000\.0 MB/) as string,
    });
    expect(await readdir(disk.path), 'no probe is left').toEqual(['deep']);
  });

  it('fails the spool when it is closed, or else when it is disposed of', async (context) => {
    await using disk = await smallDisk(context);
    const closed = await openSpool(join(disk.path, 'a.spool'), [], { chunkRows: 1000, maxChunks: 4 });
    recordMany(closed, 100_000);
    await expect(closed.close()).rejects.toMatchObject({ ...full, cause: { code: 'ENOSPC' } });
    await expect(closed[Symbol.asyncDispose]()).resolves.toBeUndefined();
    await rm(join(disk.path, 'a.spool'));
    const disposed = await openSpool(join(disk.path, 'b.spool'), [], { chunkRows: 1000, maxChunks: 4 });
    recordMany(disposed, 100_000);
    await expect(disposed[Symbol.asyncDispose]()).rejects.toMatchObject(full);
  });

  it('fails the spool even when there was room again before it was closed', async (context) => {
    await using disk = await smallDisk(context);
    await using spool = await openSpool(join(disk.path, 'a.spool'), [], { chunkRows: 1000, maxChunks: 100 });
    await writeFile(join(disk.path, 'ballast'), Buffer.alloc(2_900_000));
    recordMany(spool, 20_500);
    await setTimeout(200);
    await rm(join(disk.path, 'ballast'));
    expect(spool.blockingWrites).toBe(0);
    await expect(spool.close()).rejects.toMatchObject(full);
  });

  it('fails the Parquet file and the CSV file, and leaves no half of them', async (context) => {
    await using disk = await smallDisk(context);
    const spoolPath = join(tmpdir(), `strata-full-${process.pid}.spool`);
    const task = { spoolPath, trialId: 't0001', operations: ['inc'] };
    try {
      await using spool = await openSpool(spoolPath, []);
      recordMany(spool, 400_000);
      await spool.close();
      await expect(
        spoolToParquet({ ...task, parquetPath: join(disk.path, 'a.parquet') }),
      ).rejects.toMatchObject(full);
      expect(await readdir(disk.path)).toEqual([]);
      await spoolToParquet({ ...task, parquetPath: `${spoolPath}.parquet` });
      await expect(
        exportSamplesCsv(join(disk.path, 'a.csv'), [`${spoolPath}.parquet`]),
      ).rejects.toMatchObject(full);
      expect(await readdir(disk.path)).toEqual([]);
    } finally {
      await Promise.all([spoolPath, `${spoolPath}.parquet`].map((path) => rm(path, { force: true })));
    }
  });

  it('fails the record of a trial, keeps all before it, and takes more once there is room', async (context) => {
    await using disk = await smallDisk(context);
    await using stored = await createRunDir(disk.path, sampleManifest(2));
    const big = trialRecord(plannedTrial(0), { invalid: ['x'.repeat(100_000)] });
    await writeFile(join(disk.path, 'ballast'), Buffer.alloc(1_500_000));
    let kept = 0;
    const fill = async () => {
      for (; kept < 100; kept += 1) await stored.appendTrial({ ...big, attempt: kept + 1 });
    };
    await expect(fill()).rejects.toMatchObject(full);
    expect(kept).toBeGreaterThan(2);
    expect(await openRunDir(stored.path)).toMatchObject({ warnings: [], trials: { length: kept } });
    await rm(join(disk.path, 'ballast'));
    await stored.appendTrial({ ...big, attempt: kept + 1 });
    expect((await openRunDir(stored.path)).trials).toHaveLength(kept + 1);
  });

  it('leaves nothing of a run directory that could not be made', async (context) => {
    await using disk = await smallDisk(context);
    const manifest = { ...sampleManifest(1), experiment: { text: 'x'.repeat(4_000_000) } };
    await expect(createRunDir(disk.path, manifest)).rejects.toMatchObject(full);
    expect(await readdir(disk.path)).toEqual([]);
  });
});

describe('a directory that cannot be written to', () => {
  it('is found before the first trial, with the cause', async (context) => {
    await using disk = await smallDisk(context);
    await disk.makeReadOnly();
    const refusal = {
      code: 'STRATA-E360',
      cause: { code: 'EROFS' },
      fix: expect.stringContaining('--out') as string,
    };
    await expect(checkWritable(disk.path, 0)).rejects.toMatchObject(refusal);
    await expect(checkWritable(join(disk.path, 'below', 'it'), 0)).rejects.toMatchObject(refusal);
    await expect(createRunDir(disk.path, sampleManifest(1))).rejects.toMatchObject(refusal);
    await expect(openSpool(join(disk.path, 'a.spool'), [])).rejects.toMatchObject(refusal);
  });

  it('is found where no directory can ever be, and where a file stands in its way', async () => {
    await expect(checkWritable('/proc/strata/run', 0)).rejects.toMatchObject({ code: 'STRATA-E362' });
    await expect(checkWritable(join(import.meta.filename, 'run'), 0)).rejects.toMatchObject({
      code: 'STRATA-E362',
      cause: { code: 'ENOTDIR' },
    });
  });
});

describe('a process that is stopped in the middle', () => {
  const script = join(import.meta.dirname, 'endless-run.fixture.ts');

  it('by a limit on file sizes is told so and keeps what was stored', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'strata-limit-'));
    try {
      const limited = [
        '-c',
        'ulimit -f 400; exec "$0" --import tsx "$1" "$2"',
        process.execPath,
        script,
        dir,
      ];
      const { stdout } = await run('sh', limited, { timeout: 60_000 });
      const stored = Number(/stored (\d+)\n[^\n]*STRATA-E361.*EFBIG/s.exec(stdout)?.[1]);
      expect(stored, stdout).toBeGreaterThan(10);
      const [name = ''] = await readdir(dir);
      expect((await openRunDir(join(dir, name))).trials).toHaveLength(stored);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('by kill -9 loses no record it had been told was stored', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'strata-kill-'));
    try {
      const child = execFile(process.execPath, ['--import', 'tsx', script, dir], { timeout: 60_000 });
      let told = 0;
      for await (const text of child.stdout ?? []) {
        told = Number(/stored (\d+)\n$/.exec(String(text))?.[1] ?? told);
        if (told >= 30) child.kill('SIGKILL');
      }
      const [name = ''] = await readdir(dir);
      const { trials } = await openRunDir(join(dir, name));
      expect(trials.length).toBeGreaterThanOrEqual(told);
      expect(trials.map(({ attempt }) => attempt)).toEqual(trials.map((_, index) => index + 1));
      expect(await readFile(join(dir, name, 'manifest.json'), 'utf8')).toContain('schemaVersion');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
