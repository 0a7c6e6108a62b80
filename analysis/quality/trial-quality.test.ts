import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spoolToParquet } from '../../results/sample/parquet.ts';
import type { Sample } from '../../results/sample/sample.ts';
import { openSpool } from '../../results/sample/spool.ts';
import { qualitySchema } from '../../results/store/quality-schema.ts';
import type { TrialQuality } from '../../results/store/quality-record.ts';
import { randomStream } from '../statistics/random-stream.ts';
import { bucketWidthNs } from './sample-buckets.ts';
import { computeTrialQuality } from './trial-quality.ts';

let dir = '';
let files = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata-quality-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

type Load = Parameters<typeof computeTrialQuality>[1]['load'];

async function qualityOf(
  samples: readonly Partial<Sample>[],
  clients: number,
  load: Load = { kind: 'closed' },
): Promise<TrialQuality | null> {
  const spoolPath = join(dir, `${(files += 1)}.spool`);
  const parquetPath = `${spoolPath}.parquet`;
  await using spool = await openSpool(spoolPath, []);
  for (const sample of samples)
    spool.record({
      ...{ client: 0, sequence: 0, replica: 0, operation: 0, phase: 1, intendedNs: undefined },
      ...{ sendNs: 0, doneNs: undefined, status: 200, bytes: 1, attempts: 1, extra: [] },
      ...sample,
    });
  await spool.close();
  await spoolToParquet({ spoolPath, parquetPath, trialId: 't0001', operations: ['inc'] });
  const quality = await computeTrialQuality(parquetPath, { clients, load }, 7);
  return quality === null ? null : qualitySchema.parse(quality);
}

/** Clients that ask without rest, each answer after about `latencyMs(t)`, until `endS`. */
function closedLoop(
  clients: number,
  endS: number,
  latencyMs: (seconds: number) => number,
  gapMs = 0,
): Partial<Sample>[] {
  const next = randomStream(1);
  return Array.from({ length: clients }, (_, client) => {
    const samples: Partial<Sample>[] = [];
    for (let nowNs = 1e6 * client; nowNs < endS * 1e9;) {
      const doneNs = Math.round(nowNs + latencyMs(nowNs / 1e9) * 1e6 * (0.9 + (0.2 * next()) / 2 ** 32));
      samples.push({ client, sequence: samples.length, sendNs: nowNs, doneNs });
      nowNs = doneNs + gapMs * 1e6;
    }
    return samples;
  }).flat();
}

describe('the quality of a closed loop', () => {
  it('that runs evenly is flat, with as many requests in flight as clients', async () => {
    const quality = await qualityOf(
      closedLoop(4, 6, () => 10),
      4,
    );
    expect(quality?.steadyState).toMatchObject({ kind: 'flat', of: 'throughput' });
    expect(quality?.littlesLaw?.relativeError).toBeLessThan(1e-9);
    expect(quality?.littlesLaw?.inFlight).toBeCloseTo(4, 6);
    expect(quality?.series.acknowledged).toHaveLength(40);
    const inFlightNs = quality?.autocorrelation?.latencyMeanMs;
    expect(inFlightNs?.low).toBeLessThan(10);
    expect(inFlightNs?.high).toBeGreaterThan(10);
    expect(quality?.silence?.durationNs).toBeLessThan(20e6);
    expect(quality?.schedule).toBeNull();
  });

  it('whose clients rest between requests has fewer in flight than clients', async () => {
    const quality = await qualityOf(
      closedLoop(4, 6, () => 10, 1),
      4,
    );
    // 10 ms of every 11.
    expect(quality?.littlesLaw?.inFlight).toBeCloseTo(4 * (10 / 11), 1);
    expect(quality?.littlesLaw?.relativeError).toBeCloseTo(1 / 11, 2);
  });

  it('that speeds up is a warm-up until then; that slows down is a slowdown', async () => {
    const warm = await qualityOf(
      closedLoop(4, 8, (s) => (s < 2 ? 20 : 10)),
      4,
    );
    expect(warm?.steadyState?.kind).toBe('warm-up');
    expect((warm?.steadyState?.steadyFromNs ?? 0) / 1e9).toBeCloseTo(2, 0);
    const slow = await qualityOf(
      closedLoop(4, 8, (s) => (s < 3 ? 10 : 20)),
      4,
    );
    expect(slow?.steadyState?.kind).toBe('slowdown');
    expect(slow?.steadyState?.levels.map((level) => Math.round(level / 50))).toEqual([8, 4]);
  });

  it('is not called a slowdown because some clients were through before the others', async () => {
    const samples = closedLoop(4, 8, () => 10).filter(
      ({ client = 0, sendNs = 0 }) => client === 0 || sendNs < 6e9,
    );
    expect((await qualityOf(samples, 4))?.steadyState?.kind).toBe('flat');
  });

  it('finds its longest silence, counts warm-up apart, and judges no few answers', async () => {
    const samples = closedLoop(2, 6, (s) => (s > 2 && s < 2.01 ? 1500 : 5));
    const warmUp = Array.from({ length: 50 }, (_, index) => ({
      ...{ client: 0, sequence: index, phase: 0 as const },
      ...{ sendNs: -4e8 + index * 5e6, doneNs: -4e8 + (index + 1) * 5e6 },
    }));
    const quality = await qualityOf([...warmUp, ...samples], 2);
    expect((quality?.silence?.startNs ?? 0) / 1e9).toBeCloseTo(2, 1);
    expect((quality?.silence?.durationNs ?? 0) / 1e9).toBeCloseTo(1.5, 0);
    expect(quality?.series.measureFrom).toBeGreaterThan(0);
    const counted = quality?.series.acknowledged ?? [];
    const before = counted.slice(0, quality?.series.measureFrom);
    expect(before.reduce((sum, count) => sum + count, 0)).toBe(50);
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(50 + samples.length);
    const few = await qualityOf(
      closedLoop(1, 0.5, () => 10),
      1,
    );
    expect(few?.steadyState).toBeNull();
    expect(few?.steadyRemark).toContain('too short to tell');
  });
});

describe('the quality of an open loop', () => {
  const requests = (sendAt: (intendedNs: number) => number, isAsked: (intendedNs: number) => boolean) =>
    Array.from({ length: 2500 }, (_, index) => index * 4e6)
      .filter(isAsked)
      .map((intendedNs, index) => ({
        ...{ client: index % 4, sequence: index, intendedNs, sendNs: sendAt(intendedNs) },
        doneNs: sendAt(intendedNs) + 1e6 + (index % 7) * 1e4,
      }));
  const open = { kind: 'open', ratePerS: 250 } as const;
  const stalls = (ns: number) => (ns >= 4e9 && ns < 5e9 ? 5e9 : ns);

  it('shows a stall of a second in its latencies and as silence', async () => {
    const quality = await qualityOf(
      requests(stalls, () => true),
      4,
      open,
    );
    expect(quality?.schedule).toMatchObject({ recorded: 2500 });
    expect(quality?.schedule?.due).toBeCloseTo(2500, 6);
    expect((quality?.schedule?.longestLatencyNs ?? 0) / 1e9).toBeCloseTo(1, 2);
    expect((quality?.schedule?.latestSendNs ?? 0) / 1e9).toBeCloseTo(1, 2);
    expect((quality?.silence?.durationNs ?? 0) / 1e9).toBeCloseTo(1, 2);
    expect(quality?.littlesLaw).toBeNull();
  });

  it('shows requests that were due and never asked', async () => {
    const quality = await qualityOf(
      requests(
        (ns) => ns,
        (ns) => ns < 4e9 || ns >= 5e9,
      ),
      4,
      open,
    );
    expect(quality?.schedule?.recorded).toBe(2250);
    expect(quality?.schedule?.due).toBeCloseTo(2500, 6);
    expect((quality?.schedule?.longestLatencyNs ?? 0) / 1e9).toBeLessThan(0.01);
  });
});

describe('the quality of nothing', () => {
  it.each([
    ['no sample', []],
    ['no answer', [{ status: 0 }]],
    ['refusals only', [{ doneNs: 5, status: 503 }]],
  ])('%s is null', async (_what, samples) => {
    expect(await qualityOf(samples, 1)).toBeNull();
  });
});

it.each([
  [60, 1e5, 60],
  [41.5, 1e5, 42],
  [400, 1e6, 200],
  [1000, 1e6, 200],
  [5, 1e5, 40],
  [5, 200, 20],
  [5, 3, 1],
])('a trial of %d s with %i answers has %i buckets', (seconds, count, buckets) => {
  expect((seconds * 1e9) / bucketWidthNs(seconds * 1e9, count)).toBeCloseTo(buckets, 6);
});
