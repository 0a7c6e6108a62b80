import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { build } from 'esbuild';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spoolToParquet } from './parquet.ts';
import { sqlText } from '../store/duckdb.ts';
import type { Sample, SampleColumn } from './sample.ts';
import { openSamples } from './source.ts';
import { openSpool } from './spool.ts';
import { readSpool } from './spool-read.ts';

const extraColumns: readonly SampleColumn[] = [
  { name: 'order', type: 'integer', description: 'a reserved word of SQL' },
  { name: 'load_ratio', type: 'double', description: 'not a whole number' },
];
const operations = ['get', "d'oh", 'größe'];
const numericColumns = [
  ['client', 'sequence', 'replica', 'operation', 'phase', 'intended_ns', 'send_ns', 'done_ns'],
  ['status', 'bytes', 'attempts', 'order', 'load_ratio', 'latency_ns'],
].flat();

const timeNs = fc.integer({ min: 0, max: 2 ** 50 });
const anySample: fc.Arbitrary<Sample> = fc.record({
  client: fc.nat(1000),
  sequence: fc.nat(2 ** 32 - 1),
  replica: fc.option(fc.nat(15), { nil: undefined }),
  operation: fc.nat(operations.length - 1),
  phase: fc.constantFrom(0 as const, 1 as const),
  intendedNs: fc.option(timeNs, { nil: undefined }),
  sendNs: timeNs,
  doneNs: fc.option(timeNs, { nil: undefined }),
  status: fc.constantFrom(0, 200, 503, 65_535),
  bytes: fc.nat(2 ** 32 - 1),
  attempts: fc.integer({ min: 1, max: 1000 }),
  extra: fc.tuple(
    fc.option(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), { nil: undefined }),
    fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  ),
});

/** What a scan of {@link numericColumns} shall give for a sample. */
function expectedRow(sample: Sample): (number | null)[] {
  const base = sample.intendedNs ?? sample.sendNs;
  return [
    [sample.client, sample.sequence, sample.replica, sample.operation, sample.phase],
    [sample.intendedNs, sample.sendNs, sample.doneNs, sample.status, sample.bytes, sample.attempts],
    [...sample.extra, sample.doneNs === undefined ? undefined : sample.doneNs - base],
  ]
    .flat()
    .map((value) => value ?? null);
}

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata übung [1] '));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

let files = 0;
async function recordAll(samples: readonly Sample[], chunkRows: number): Promise<string> {
  const path = join(dir, `${(files += 1)}.spool`);
  await using spool = await openSpool(path, extraColumns, { chunkRows, maxChunks: 3 });
  const reused = { ...samples[0] } as Sample;
  for (const sample of samples) spool.record(Object.assign(reused, sample));
  await spool.close();
  return path;
}

async function scanAll(parquetPath: string, orderBy: string): Promise<(number | null)[][]> {
  await using source = await openSamples(parquetPath);
  const rows: (number | null)[][] = [];
  for await (const batch of source.scan(numericColumns, orderBy, AbortSignal.timeout(30_000)))
    for (let row = 0; row < batch.rowCount; row += 1)
      rows.push(batch.columns.map((column) => column[row] ?? null));
  expect(source.rowCount).toBe(rows.length);
  return rows;
}

describe('samples', () => {
  it('come back from Parquet exactly as they were recorded, whatever the chunk size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySample, { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (samples, rows) => {
          const numbered = samples.map((sample, sequence) => ({ ...sample, sequence }));
          const spoolPath = await recordAll(numbered, rows);
          const parquetPath = `${spoolPath}.parquet`;
          await spoolToParquet({ spoolPath, parquetPath, trialId: "t'1", operations });
          expect(await scanAll(parquetPath, 'sequence')).toEqual(numbered.map(expectedRow));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('are sorted by the column asked for, with NULLs last', async () => {
    const samples = fc.sample(anySample, { numRuns: 5000, seed: 1 });
    const spoolPath = await recordAll(samples, 512);
    await spoolToParquet({ spoolPath, parquetPath: `${spoolPath}.parquet`, trialId: 't1', operations });
    const done = (await scanAll(`${spoolPath}.parquet`, 'done_ns')).map((row) => row[7] ?? Infinity);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.at(-1)).toBe(Infinity);
  });
});

describe('a spool', () => {
  const [sample] = fc.sample(anySample, { numRuns: 1, seed: 2 }) as [Sample];

  it('keeps every sample of a burst that the disk cannot follow', async () => {
    const path = join(dir, 'burst.spool');
    await using spool = await openSpool(path, extraColumns, { chunkRows: 100, maxChunks: 2 });
    for (let sequence = 0; sequence < 10_050; sequence += 1) spool.record({ ...sample, sequence });
    await spool.close();
    expect(spool.blockingWrites).toBeGreaterThan(0);
    using reader = readSpool(path);
    const sequenceColumn = reader.header.columns.findIndex(({ name }) => name === 'sequence');
    const sequences: number[] = [];
    for (let block = reader.next(); block; block = reader.next())
      sequences.push(...(block.columns[sequenceColumn] ?? []));
    expect(sequences).toEqual(Array.from({ length: 10_050 }, (_, index) => index));
  });

  it('refuses a sample after it was closed', async () => {
    await using spool = await openSpool(join(dir, 'closed.spool'), extraColumns);
    await spool.close();
    expect(() => spool.record(sample)).toThrow(expect.objectContaining({ code: 'STRATA-E160' }));
  });

  it('does not overwrite another', async () => {
    const path = join(dir, 'taken.spool');
    await writeFile(path, 'precious');
    await expect(openSpool(path, [])).rejects.toMatchObject({
      code: 'STRATA-E362',
      cause: { code: 'EEXIST' },
    });
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  it('cut short anywhere is refused, and leaves no Parquet file', async () => {
    const whole = await readFile(await recordAll(Array<Sample>(40).fill(sample), 16));
    for (const length of [0, 5, 11, 40, 700, whole.length - 17, whole.length - 16, whole.length - 1]) {
      const spoolPath = join(dir, 'cut.spool');
      await writeFile(spoolPath, whole);
      await truncate(spoolPath, length);
      const parquetPath = join(dir, 'cut.parquet');
      await expect(
        spoolToParquet({ spoolPath, parquetPath, trialId: 't1', operations }),
      ).rejects.toMatchObject({ code: 'STRATA-E161' });
      await expect(readFile(parquetPath)).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });

  it('damaged in the middle is refused with the byte', async () => {
    const spoolPath = await recordAll(Array<Sample>(40).fill(sample), 16);
    const bytes = await readFile(spoolPath);
    const secondChunk = bytes.indexOf('CHNK', bytes.indexOf('CHNK') + 1, 'latin1');
    bytes.write('XXXX', secondChunk, 'latin1');
    await writeFile(spoolPath, bytes);
    await expect(
      spoolToParquet({ spoolPath, parquetPath: `${spoolPath}.parquet`, trialId: 't1', operations }),
    ).rejects.toMatchObject({
      code: 'STRATA-E161',
      message: expect.stringContaining(`byte ${secondChunk}`) as string,
    });
  });

  it('brings nothing heavy into the load generator', async () => {
    const bundle = await build({
      entryPoints: [join(import.meta.dirname, 'spool.ts')],
      bundle: true,
      write: false,
      platform: 'node',
      format: 'esm',
    });
    expect(bundle.outputFiles[0]?.contents.length).toBeLessThan(20_000);
    expect(bundle.outputFiles[0]?.text).not.toContain('duckdb/');
  });
});

describe('a samples file', () => {
  it.each([
    ['missing', undefined],
    ['truncated', 'PAR1 and nothing more'],
    ['empty', ''],
  ])('that is %s is refused with its path', async (kind, content) => {
    const path = join(dir, `${kind}.parquet`);
    if (content !== undefined) await writeFile(path, content);
    await expect(openSamples(path)).rejects.toMatchObject({
      code: 'STRATA-E264',
      message: expect.stringContaining(path) as string,
    });
  });

  it('from another program is refused', async () => {
    const path = join(dir, 'foreign.parquet');
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(`COPY (SELECT 1 AS client) TO ${sqlText(path)} (FORMAT parquet)`);
    connection.closeSync();
    await expect(openSamples(path)).rejects.toMatchObject({ code: 'STRATA-E264' });
  });
});
