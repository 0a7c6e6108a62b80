import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type Json } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spoolToParquet } from '../sample/parquet.ts';
import type { Sample, SampleColumn } from '../sample/sample.ts';
import { openSpool } from '../sample/spool.ts';
import { sqlText } from '../store/duckdb.ts';
import { plannedTrial, sampleCell, trialRecord } from '../store/records.fixture.ts';
import { exportBootsCsv } from './boots-csv.ts';
import { writeCsv } from './csv.ts';
import { exportSamplesCsv } from './samples-csv.ts';
import { exportSummaryCsv, exportSummaryJson, type CellSummary } from './summary.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata ausfuhr '));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Read by a foreign reader, everything as text, empty fields as null. */
async function readCsv(path: string): Promise<Record<string, Json>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const options = `header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', new_line = '\\r\\n'`;
    const query = `FROM read_csv(${sqlText(path)}, ${options}, allow_quoted_nulls = false)`;
    return (await connection.runAndReadAll(query)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('a CSV file', () => {
  it('gives back every text: commas, quotes, line ends, other alphabets, and empty apart from absent', async () => {
    const text = fc.oneof(
      fc.constantFrom('a,b', '"', '""', 'line\r\nline', "d'oh", 'größe', '漢字 🙂', '', ' x ', '=1+1'),
      fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0')),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, fc.option(text)), { minLength: 1, maxLength: 8 }),
        async (pairs) => {
          const path = join(dir, 'texts.csv');
          await writeCsv(path, ['first, "name"', 'zweiter'], pairs);
          expect(await readCsv(path)).toEqual(pairs.map(([a, b]) => ({ 'first, "name"': a, zweiter: b })));
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is whole or absent', async () => {
    const failing = (function* () {
      yield ['1'];
      throw new Error('the source broke');
    })();
    await expect(writeCsv(join(dir, 'broken.csv'), ['a'], failing)).rejects.toMatchObject({
      cause: { message: 'the source broke' },
    });
    expect(await readdir(dir)).not.toContain('broken.csv');
    expect(await readdir(dir)).not.toContain('broken.csv.partial');
  });
});

async function storedTrial(trialId: string, samples: readonly Sample[], extra: readonly SampleColumn[]) {
  const spoolPath = join(dir, `${trialId}.spool`);
  const parquetPath = join(dir, `${trialId}.parquet`);
  await using spool = await openSpool(spoolPath, extra);
  for (const sample of samples) spool.record(sample);
  await spool.close();
  await spoolToParquet({ spoolPath, parquetPath, trialId, operations: ['get', 'größe, "x"'] });
  return parquetPath;
}

describe('samples.csv', () => {
  it('has a row a request of all trials, units in the names, and empty fields for what was not seen', async () => {
    const sample: Sample = {
      ...{ client: 1, sequence: 2, replica: 0, operation: 1, phase: 1, intendedNs: undefined },
      ...{ sendNs: 5, doneNs: 2 ** 50 + 1, status: 200, bytes: 7, attempts: 1, extra: [2 ** 53 - 1] },
    };
    const lost = {
      ...sample,
      replica: undefined,
      doneNs: undefined,
      operation: 0,
      phase: 0,
      extra: [],
    } as const;
    const paths = [
      await storedTrial('t1', [sample], [{ name: 'order', type: 'integer', description: '' }]),
      await storedTrial("t'2", [lost], []),
    ];
    await exportSamplesCsv(join(dir, 'samples.csv'), paths);
    const common = { client: '1', sequence: '2', intended_ns: null, send_ns: '5', bytes: '7', attempts: '1' };
    expect(await readCsv(join(dir, 'samples.csv'))).toEqual([
      {
        ...{
          ...common,
          trial_id: 't1',
          replica: '0',
          operation: 'größe, "x"',
          phase: 'measure',
          status: '200',
        },
        ...{ done_ns: '1125899906842625', latency_ns: '1125899906842620', order: '9007199254740991' },
      },
      {
        ...{ ...common, trial_id: "t'2", replica: null, operation: 'get', phase: 'warm-up', status: '200' },
        ...{ done_ns: null, latency_ns: null, order: null },
      },
    ]);
  });
});

describe('boots.csv', () => {
  it('has a row an event of each node, and none for what does not boot', async () => {
    const cell = { ...sampleCell, env: 'vm', boot: 'cold' } as const;
    const timeline = [
      { name: 'kernel', atMs: 812.5 },
      { name: 'ready', atMs: 2600 },
    ];
    const boots = [
      { node: 'store', timeline, failures: ['Kernel panic, "double fault"'] },
      { node: 'replica-1', timeline: timeline.slice(1), failures: [] },
    ];
    const records = [trialRecord(plannedTrial(0)), trialRecord(plannedTrial(1, cell), { attempt: 2, boots })];
    await exportBootsCsv(join(dir, 'boots.csv'), records);
    const common = { trial_id: 't0002', attempt: '2', env: 'vm', boot: 'cold' };
    expect(await readCsv(join(dir, 'boots.csv'))).toEqual([
      { ...common, node: 'store', failed_boots: '1', event: 'kernel', at_ms: '812.5' },
      { ...common, node: 'store', failed_boots: '1', event: 'ready', at_ms: '2600' },
      { ...common, node: 'replica-1', failed_boots: '0', event: 'ready', at_ms: '2600' },
    ]);
  });
});

describe('the summary', () => {
  const estimate = { mean: 100.5, ciLow: null, ciHigh: null };
  const cell: CellSummary = {
    factors: { ...sampleCell, load: { kind: 'open', ratePerS: 10 }, cpus: 0.5 },
    trials: { planned: 2, completed: 1, failed: 1, aborted: 0, invalid: 0 },
    correct: true,
    metrics: {
      throughputPerS: estimate,
      latencyMs: { mean: 1, p50: 2, p95: 3, p99: null, max: 9.25 },
      latencyCiMs: { mean: estimate, p50: { mean: 2, ciLow: 1, ciHigh: 3 }, p95: estimate, p99: null },
    },
  };
  const empty: CellSummary = { ...cell, correct: null, metrics: null };

  it('says the same as CSV and as JSON', async () => {
    await exportSummaryCsv(join(dir, 'summary.csv'), [cell, empty]);
    await exportSummaryJson(join(dir, 'summary.json'), 'run', [cell, empty]);
    const [row, emptyRow] = await readCsv(join(dir, 'summary.csv'));
    expect(row).toMatchObject({
      ...{
        env: 'process',
        boot: null,
        replicas: '3',
        load: 'open',
        rate_per_s: '10',
        mix: '{"inc":1}',
        cpus: '0.5',
      },
      ...{ trials_planned: '2', trials_failed: '1', correct: 'true', throughput_per_s: '100.5' },
      ...{ throughput_ci_low_per_s: null, latency_p50_ms: '2', latency_p50_ci_high_ms: '3' },
      ...{ latency_p99_ms: null, latency_max_ms: '9.25', memory_bytes: null },
    });
    expect(emptyRow).toMatchObject({ correct: null, throughput_per_s: null, latency_max_ms: null });
    expect(JSON.parse(await readFile(join(dir, 'summary.json'), 'utf8'))).toEqual({
      ...{ schemaVersion: 1, runId: 'run', cells: [cell, empty] },
    });
  });
});
