/** Over real Parquet files: the figures against simple-statistics, peaks that survive, files that cannot be read. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quantile } from 'simple-statistics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, sqlText } from '../../results/store/duckdb.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { plannedTrial, trialRecord } from '../../results/store/records.fixture.ts';
import { chosenTrials } from './chosen-trials.ts';
import { describeSamples } from './describe-samples.ts';
import type { Distributions } from './distribution.ts';
import { nodeUsage } from './node-usage.ts';
import { fewestFor } from './quantile-grid.ts';
import { batches } from './trial-figures.ts';

const sampleTrial = trialRecord(plannedTrial(0));
const count = 4_000;
const peakNs = 900_000_000;

/** Warm-up 0–999 at 1 ms, then latencies from 1 to 3 ms, one peak, one refusal and one request without an answer. */
const samples = (trialId: string) => `
  SELECT ${sqlText(trialId)} AS trial_id, if(i < 1000, 'warm-up', 'measure') AS phase, NULL::BIGINT AS intended_ns,
    (i * 1000000)::BIGINT AS send_ns, if(i = 3999, NULL, i * 1000000 + latency)::BIGINT AS done_ns,
    if(i = 3999, NULL, latency)::BIGINT AS latency_ns, if(i = 3998, 503, if(i = 3999, 0, 200)) AS status
  FROM (SELECT i, if(i = 2500, ${peakNs}, if(i < 1000, 1000000, 1000000 + (i * 7919) % 2000000)) AS latency FROM range(${count}) t(i))`;

const measuredMs = Array.from({ length: 2998 }, (_, index) => {
  const i = index + 1000;
  return (i === 2500 ? peakNs : 1_000_000 + ((i * 7919) % 2_000_000)) / 1e6;
});

const trial = (trialId: string, changes: Partial<TrialRecord> = {}): TrialRecord => ({
  ...sampleTrial,
  ...{ trialId, cellKey: 'one', samplesFile: `samples/${trialId}.parquet`, sampleCount: count },
  ...changes,
});

describe('what samples look like', () => {
  let directory: string;
  let described: Distributions;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'strata-distribution-'));
    await mkdir(join(directory, 'samples'));
    await using database = await openDatabase(join(directory, 'made'));
    const connection = await database.connect();
    for (const id of ['t0001', 't0002'])
      await connection.run(
        `COPY (${samples(id)}) TO ${sqlText(join(directory, `samples/${id}.parquet`))} (FORMAT parquet)`,
      );
    connection.closeSync();
    await writeFile(join(directory, 'samples', 't0003.parquet'), 'PAR1 but no more');
    described = await describeSamples(directory, [
      trial('t0001'),
      trial('t0002'),
      trial('t0003', { cellKey: 'damaged' }),
      trial('t0004'),
      trial('t0005', { samplesFile: null }),
    ]);
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('is the mean over trials of exact figures of measured, answered requests', () => {
    const [cell] = described.cells;
    expect(described.cells).toHaveLength(1);
    expect(cell?.trials).toBe(2);
    const median = quantile(measuredMs, 0.5);
    expect(cell?.box).toMatchObject({
      median: expect.closeTo((median + quantile(measuredMs, 0.5)) / 2, 3) as number,
      max: expect.closeTo(peakNs / 1e6, 6) as number,
    });
    expect(cell?.quantiles.at(-1)?.probability, 'more than p99 needs more requests').toBe(0.99);
  });

  it('names every trial that is unknown, and why', () => {
    expect(described.unknown.map(({ trialId }) => trialId)).toEqual(['t0005', 't0003', 't0004']);
    expect(described.unknown.every(({ reason }) => reason.length > 5)).toBe(true);
  });

  it('keeps the peak among few points, and knows warm-up, refusals and silence', () => {
    const [inside] = described.insides;
    expect(inside).toMatchObject({ requests: count, unanswered: 2, measuredFromS: 1, isDecimated: true });
    const points = inside?.measured ?? [];
    expect(points.length).toBeLessThanOrEqual(800);
    expect(Math.max(...points.map(([, y]) => y))).toBe(900);
    expect(inside?.warmUp.every(([atS, y]) => atS < 1 && y === 1)).toBe(true);
    expect(inside?.rate).toHaveLength(60);
  });
});

describe('what is looked into', () => {
  it('is in batches that fit, a large file alone', () => {
    const files = [3, 5, 2, 9, 1].map((sampleCount, index) => ({
      trialId: `t${index}`,
      path: '',
      sampleCount,
    }));
    expect(batches(files, 8).map((batch) => batch.map(({ sampleCount }) => sampleCount))).toEqual([
      [3, 5],
      [2],
      [9],
      [1],
    ]);
  });

  it('is one trial of each cell, those with faults first, then evenly', () => {
    const fault = { ...sampleTrial.cell, faults: [{ kind: 'kill-replica', atMs: 1 }] as const };
    const trials = Array.from({ length: 10 }, (_, index) =>
      trial(`t${index}`, { cellKey: String(index), cell: index === 7 ? fault : { ...fault, faults: [] } }),
    );
    expect(chosenTrials(trials, 4).map(({ trialId }) => trialId)).toEqual(['t7', 't0', 't4', 't9']);
    expect(chosenTrials([], 4)).toEqual([]);
  });

  it('has quantiles only where there are requests enough, as the tables do', () => {
    expect([0.5, 0.9, 0.95, 0.99, 0.999].map(fewestFor)).toEqual([6, 36, 72, 368, 3688]);
  });

  it('makes rates of counters, and nothing of one that began anew', () => {
    const reading = (atS: number, cpuS: number) => ({
      ...{ node: 'n', atNs: atS * 1e9, cpuNs: cpuS * 1e9, memoryBytes: 50_000_000 },
      ...{ networkReceivedBytes: null, networkSentBytes: null, throttledNs: null },
    });
    const [usage] = nodeUsage([reading(0, 1), reading(2, 2), reading(4, 0.5), reading(6, 3.5)]);
    expect(usage?.cpus).toEqual([
      [2, 0.5],
      [6, 1.5],
    ]);
    expect(usage?.memoryMb[0]).toEqual([0, 50]);
  });
});
