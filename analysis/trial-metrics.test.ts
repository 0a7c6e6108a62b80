import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { quantile } from 'simple-statistics';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spoolToParquet } from '../results/sample/parquet.ts';
import type { Sample } from '../results/sample/sample.ts';
import { openSpool } from '../results/sample/spool.ts';
import { computeTrialMetrics } from './trial-metrics.ts';

const closed = { kind: 'closed' } as const;
const open = { kind: 'open', ratePerS: 250 } as const;

let dir = '';
let files = 0;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata-metrics-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function request(sendNs: number, doneNs: number | undefined, changes: Partial<Sample> = {}): Sample {
  return {
    ...{ client: 0, sequence: 0, replica: 0, operation: 0, phase: 1, intendedNs: undefined },
    ...{ sendNs, doneNs, status: 200, bytes: 1, attempts: 1, extra: [] },
    ...changes,
  };
}

async function stored(samples: readonly Sample[]): Promise<string> {
  const spoolPath = join(dir, `${(files += 1)}.spool`);
  const parquetPath = `${spoolPath}.parquet`;
  await using spool = await openSpool(spoolPath, []);
  for (const sample of samples) spool.record(sample);
  await spool.close();
  await spoolToParquet({ spoolPath, parquetPath, trialId: 't0001', operations: ['inc'] });
  return parquetPath;
}

const latencies = (count: number, seed: number) =>
  fc.sample(fc.integer({ min: 1, max: 2_000_000_000 }), { numRuns: count, seed });

describe('the metrics of a trial', () => {
  it('agree with simple-statistics on every quantile', async () => {
    for (const [count, seed] of [
      [3688, 1],
      [4001, 2],
      [5000, 3],
    ] as const) {
      const values = latencies(count, seed);
      const path = await stored(values.map((latency, index) => request(index, index + latency)));
      const metrics = await computeTrialMetrics(path, closed);
      const [p50, p90, p95, p99, p999] = [0.5, 0.9, 0.95, 0.99, 0.999].map((p) => quantile(values, p) / 1e6);
      const expected = {
        p50,
        p90,
        p95,
        p99,
        p999,
        min: Math.min(...values) / 1e6,
        max: Math.max(...values) / 1e6,
      };
      for (const [name, value] of Object.entries(expected))
        expect(metrics?.latencyMs[name as 'p50'], `${name} of ${count}`).toBeCloseTo(value ?? NaN, 9);
    }
  });

  it('agree when many values are equal and few', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { minLength: 6, maxLength: 400 }), async (values) => {
        const path = await stored(values.map((latency, index) => request(index, index + latency + 1)));
        const metrics = await computeTrialMetrics(path, closed);
        expect(metrics?.latencyMs.p50).toBeCloseTo((quantile(values, 0.5) + 1) / 1e6, 12);
      }),
      { numRuns: 15 },
    );
  });

  it.each([
    [5, {}],
    [6, { p50: 1 }],
    [35, { p50: 1 }],
    [36, { p50: 1, p90: 1 }],
    [72, { p50: 1, p90: 1, p95: 1 }],
    [367, { p50: 1, p90: 1, p95: 1 }],
    [368, { p50: 1, p90: 1, p95: 1, p99: 1 }],
    [3687, { p50: 1, p90: 1, p95: 1, p99: 1 }],
    [3688, { p50: 1, p90: 1, p95: 1, p99: 1, p999: 1 }],
  ])('of %i requests have just the quantiles that so many carry', async (count, expected) => {
    const path = await stored(Array.from({ length: count }, (_, index) => request(index, index + 1e6)));
    const none = { p50: null, p90: null, p95: null, p99: null, p999: null };
    expect((await computeTrialMetrics(path, closed))?.latencyMs).toEqual({
      ...{ ...none, ...expected, mean: 1, min: 1, max: 1 },
    });
  });

  it('leave out warm-up, and count throughput from the first send to the last answer', async () => {
    const warmUp = Array.from({ length: 50 }, (_, index) => request(index, 9e9, { phase: 0 }));
    const measured = Array.from({ length: 10 }, (_, index) =>
      request(2e9 + index * 1e8, 2e9 + index * 1e8 + 1e8),
    );
    const metrics = await computeTrialMetrics(await stored([...warmUp, ...measured]), closed);
    expect(metrics).toMatchObject({
      ...{ acknowledged: 10, unanswered: 0, durationS: 1, throughputPerS: 10, offeredPerS: null },
      ...{ latencyMs: { mean: 100 }, serviceTimeMs: null },
    });
  });

  it('count the unanswered, the refused and the re-sent for what they are', async () => {
    const metrics = await computeTrialMetrics(
      await stored([
        request(0, 1e9, { attempts: 3 }),
        request(0, 5e9, { status: 503 }),
        request(0, undefined, { status: 0, attempts: 2, replica: undefined }),
      ]),
      closed,
    );
    expect(metrics).toMatchObject({
      acknowledged: 1,
      unanswered: 1,
      resent: 3,
      durationS: 1,
      throughputPerS: 1,
    });
    expect(metrics?.latencyMs.max).toBe(1000);
  });

  it('show a stall in an open loop: one second of silence in ten gives a p99 near 0.9 s', async () => {
    const samples = Array.from({ length: 2500 }, (_, index) => {
      const intendedNs = index * 4e6;
      const sendNs = intendedNs >= 4e9 && intendedNs < 5e9 ? 5e9 : intendedNs;
      return request(sendNs, sendNs + 1e6, { intendedNs });
    });
    const metrics = await computeTrialMetrics(await stored(samples), open);
    expect(metrics?.offeredPerS).toBe(250);
    expect(metrics?.latencyMs.p99).toBeGreaterThan(880);
    expect(metrics?.latencyMs.p99).toBeLessThan(920);
    expect(metrics?.serviceTimeMs).toMatchObject({ mean: 1, p99: 1, max: 1 });
    expect(metrics?.durationS).toBeCloseTo(9.997, 6);
  });

  it.each([
    ['no sample', []],
    ['no answer', [request(0, undefined, { status: 0 })]],
    ['nothing but warm-up', [request(0, 1, { phase: 0 })]],
  ])('are none where there is %s', async (_what, samples) => {
    expect(await computeTrialMetrics(await stored(samples), closed)).toBeNull();
  });

  it('stop when told to', async () => {
    const path = await stored([request(0, 1)]);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(computeTrialMetrics(path, closed, signal)).rejects.toThrow('enough');
  });
});
