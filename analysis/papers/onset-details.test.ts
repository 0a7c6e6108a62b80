import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spoolToParquet } from '../../results/sample/parquet.ts';
import type { Sample } from '../../results/sample/sample.ts';
import { openSpool } from '../../results/sample/spool.ts';
import { comparePapers, paperRows, readPaperDetails } from './compare-papers.ts';
import { cellsOver, madeUpRun, onsetCell } from './run.fixture.ts';

const electionNs = 1_000_000_000;
const ms = 1e6;

/**
 * Four clients wait for the election, then each asks four times, 10 ms in RAM and 20 ms on disk, 40 ms apart: 16
 * requests between 1 s and 1.14 s or 1.16 s (the last answer). The first of them was sent just as the leader was elected.
 */
const cells = [
  ...cellsOver(onsetCell, [3], [4], ['ram', 'disk']),
  ...cellsOver(onsetCell, [1], [64], ['ram', 'disk']),
];
const run = madeUpRun({
  cells,
  blocks: 3,
  experiment: { paper: 'onset' },
  metrics: () => ({}),
  record: () => ({ annotations: [{ atNs: electionNs, kind: 'election', text: 'replica-1 leads epoch 1' }] }),
});

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata pâpers-'));
  await mkdir(join(dir, 'samples'));
  for (const { trialId, cell } of run.trials) {
    if (trialId === 't0004')
      await writeFile(join(dir, 'samples', `${trialId}.parquet`), 'not a Parquet file');
    else await store(trialId, cell.store === 'disk' ? 20 * ms : 10 * ms);
  }
  // Eleven databases are opened: seconds, on a busy machine.
}, 60_000);
afterAll(() => rm(dir, { recursive: true, force: true }));

async function store(trialId: string, latencyNs: number): Promise<void> {
  const spoolPath = join(dir, `${trialId}.spool`);
  await using spool = await openSpool(spoolPath, []);
  for (const client of [0, 1, 2, 3]) {
    spool.record(sampleOf(client, 0, 5 * ms, electionNs + client));
    for (const sequence of [1, 2, 3, 4]) {
      const sendNs = electionNs + (sequence - 1) * 40 * ms;
      spool.record(sampleOf(client, sequence, sendNs, sendNs + latencyNs));
    }
  }
  await spool.close();
  const parquetPath = join(dir, 'samples', `${trialId}.parquet`);
  await spoolToParquet({ spoolPath, parquetPath, trialId, operations: ['inc'] });
}

function sampleOf(client: number, sequence: number, sendNs: number, doneNs: number): Sample {
  return {
    ...{ client, sequence, replica: 0, operation: 0, phase: 1, intendedNs: undefined, sendNs, doneNs },
    ...{ status: 200, bytes: 8, attempts: 1, extra: [] },
  };
}

describe('the samples of a run of paper onset', () => {
  it('tell the requests that waited for the election from the others, which have figures of their own', async () => {
    const { byTrial } = await readPaperDetails(run, dir);
    expect(byTrial.get('t0001')).toEqual({
      ...{ outliers: 4, meanMs: 10 },
      throughputPerS: expect.closeTo(16 / 0.13, 6) as number,
    });
    expect(byTrial.get('t0002')?.throughputPerS).toBeCloseTo(16 / 0.14, 6);
  });

  it('leave a trial unknown whose file is damaged, and the others known', async () => {
    const { byTrial } = await readPaperDetails(run, dir);
    expect(byTrial.has('t0004')).toBe(false);
    expect(byTrial.size).toBe(run.trials.length - 1);
  });

  it('give boxes of figure 6 without the election, and the points of figure 7 with it', async () => {
    const { boxes, scatters } = await readPaperDetails(run, dir);
    const box = boxes.get(run.trials.find(({ cell }) => cell.clients === 64)?.cellKey ?? '');
    expect(box).toEqual({ min: 10, q1: 10, median: 10, q3: 10, max: 10, mean: 10 });
    const [points = []] = scatters.values();
    expect(points).toHaveLength(20);
    expect(points.filter(([, latencyMs]) => latencyMs > 900)).toHaveLength(4);
  });

  it('become counted outliers, a ratio of the stores and charts', async () => {
    const details = await readPaperDetails(run, dir);
    const comparisons = comparePapers({ ...run, details });
    const rows = paperRows(comparisons);
    expect(rows.find(({ item, clients }) => item === 'figure-7' && clients === 4)).toMatchObject({
      ...{ reported: 4, measured: { mean: 4 }, ratio: 1, n: 3 },
      remark: 'as many as clients in every trial, as in the paper',
    });
    // Of the three blocks the first lacks its disk trial, whose file is damaged.
    expect(rows.find(({ item }) => item === 'figure-6a')).toMatchObject({ measured: { mean: 2 }, n: 2 });
    expect(rows.find(({ item }) => item === 'figure-6b')?.remark).toBe(
      'not measured in this run: no cell with 15 replicas, 32 clients, store ram',
    );
    const charts = comparisons.flatMap((comparison) => comparison.charts);
    expect(charts.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['paper-onset-figure-6a', 'paper-onset-figure-7', 'paper-onset-figure-8-ram']),
    );
  });

  it('are not read where the run repeats no paper', async () => {
    const other = madeUpRun({
      cells: [{ ...onsetCell, sharedMemory: 'embedded' }],
      blocks: 1,
      metrics: () => ({}),
    });
    expect((await readPaperDetails(other, join(dir, 'nowhere'))).byTrial.size).toBe(0);
  });
});
