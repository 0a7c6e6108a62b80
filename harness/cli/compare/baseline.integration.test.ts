/**
 * `bench --baseline` on host processes. Two runs of the same cell on a shared machine differ by chance, so what is
 * certain here is made so: the baseline is a copy of a real run whose stored figures are a hundred times those measured.
 */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunDir } from '../../../results/store/open-run.ts';
import type { Manifest, TrialMetrics, TrialRecord } from '../../../results/store/records.ts';
import { resultsDir, strata } from '../../run/cli.fixture.ts';
import { benchOutputSchema } from '../json/bench-output.ts';

/** Three trials of twenty requests, on the embedded store. */
const small = [
  ...['--env', 'process', '--replicas', '1', '--clients', '1', '--trials', '3', '--requests', '20'],
  ...['--warmup-requests', '2', '--progress', 'none'],
];
// A checkout with uncommitted changes can be tested, too.
const allowed = ['--allow', 'dirty'];
const trialCount = 3;

let results: Awaited<ReturnType<typeof resultsDir>>;
let measured: string;

beforeAll(async () => {
  results = await resultsDir();
  const { exitCode, stderr } = await strata(['bench', ...small, '--out', results.path]);
  expect(exitCode, stderr).toBe(0);
  const [runId = ''] = await results.runIds();
  measured = join(results.path, runId);
});
afterAll(() => results[Symbol.asyncDispose]());

const bench = (baseline: string, ...more: readonly string[]) =>
  strata(['bench', ...small, ...allowed, '--baseline', baseline, '--out', results.path, ...more]);

/** A copy of the measured run, so many times as fast. */
async function timesAsFast(factor: number): Promise<string> {
  const path = join(results.path, `times-${factor}`);
  await cp(measured, path, { recursive: true });
  const { trials } = await openRunDir(path);
  const lines = trials.map((trial) => `${JSON.stringify(fasterTrial(trial, factor))}\n`);
  await writeFile(join(path, 'trials.ndjson'), lines.join(''));
  return path;
}

function fasterTrial(trial: TrialRecord, factor: number): TrialRecord {
  if (trial.metrics === null) throw new Error(`${trial.trialId} has no figures`);
  const latencies = Object.entries(trial.metrics.latencyMs).map(([name, ms]: [string, number | null]) => {
    return [name, ms === null ? null : ms / factor];
  });
  const latencyMs = Object.fromEntries(latencies) as TrialMetrics['latencyMs'];
  const { throughputPerS } = trial.metrics;
  return { ...trial, metrics: { ...trial.metrics, throughputPerS: throughputPerS * factor, latencyMs } };
}

describe('bench --baseline', () => {
  it('ends with 0 when it is not slower, and says what it is instead', async () => {
    const { exitCode, stdout, stderr } = await bench(await timesAsFast(0.01));
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/✓ B is faster in \d figures and slower in none/);
    expect(stdout).not.toContain('REGRESSION');
  });

  it('ends with 11 when it is slower, though every answer was right, and leaves the comparison', async () => {
    const { exitCode, stdout, stderr } = await bench(await timesAsFast(100), '--json');
    const document = benchOutputSchema.parse(JSON.parse(stdout));
    expect([exitCode, document.exitCode, document.status], stderr).toEqual([11, 11, 'complete']);
    expect(document.cells[0]?.correct).toBe(true);
    const throughput = document.comparison?.comparisons.find(({ metric }) => metric === 'throughput');
    expect(throughput).toMatchObject({
      ...{ verdict: 'slower', isRegression: true, trials: { a: trialCount, b: trialCount } },
      factors: { env: 'process', replicas: 1, clients: 1 },
    });
    const page = await readFile(document.comparison?.page ?? '', 'utf8');
    expect(page).toContain('B is a regression');
    expect(page).toContain(document.runId);
  });

  it('of another machine is refused before anything is measured', async () => {
    const path = await timesAsFast(1);
    const file = join(path, 'manifest.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
    const elsewhere = { ...manifest, host: { ...manifest.host, cpuModel: 'another' } };
    await writeFile(file, JSON.stringify(elsewhere));
    const before = await results.runIds();
    const { exitCode, stderr } = await bench(path);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('STRATA-E241');
    expect(stderr).toContain('host: CPU another in A');
    expect(await results.runIds()).toEqual(before);
  });
});
