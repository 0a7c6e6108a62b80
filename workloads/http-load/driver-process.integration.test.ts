import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeChain } from '../../harness/foundation/errors.ts';
import { runDriver } from './driver-process.ts';
import type { HttpLoadPlan } from './plan.ts';
import { planFor, startTarget } from './target-server.fixture.ts';

let dir = '';
let script = '';
let drives = 0;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'strata driver é-'));
  script = join(dir, 'driver.cjs');
  await bundle('cjs', script);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function bundle(format: 'cjs' | 'esm', outfile: string): Promise<void> {
  const js = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    entryPoints: [join(import.meta.dirname, 'driver-entry.fixture.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format,
    outfile,
    logLevel: 'error',
    ...(format === 'esm' ? { banner: { js } } : {}),
  });
}

const never = new AbortController().signal;

/** A plan with a spool of its own. */
function spooled(plan: HttpLoadPlan): HttpLoadPlan {
  drives += 1;
  return { ...plan, spoolPath: join(dir, `spool-${drives}`) };
}

const run = (
  plan: HttpLoadPlan,
  signal = never,
  path = script,
  onMeasureStart: () => void = () => undefined,
) => runDriver({ script: path, plan, onMeasureStart, signal });

describe('the load generator in its own process', () => {
  it('drives a plan, tells when it measures, spools every sample and ends', async () => {
    await using server = await startTarget();
    const plan = spooled(planFor([server.target], { clients: 3, warmupRequests: 5, requests: 200 }));
    const seenAtStart: number[] = [];
    const startedHrtimeNs = process.hrtime.bigint();
    const outcome = await run(plan, never, script, () => void seenAtStart.push(server.seen.length));
    expect(outcome).toMatchObject({ acknowledged: 615, unanswered: 0, resent: 0, stall: null });
    expect(seenAtStart).toHaveLength(1);
    expect(seenAtStart[0]).toBeGreaterThanOrEqual(15);
    expect(outcome.epochHrtimeNs).toBeGreaterThan(startedHrtimeNs);
    expect(outcome.epochHrtimeNs).toBeLessThan(process.hrtime.bigint());
    expect(outcome.driver.cpuMs).toBeGreaterThan(0);
    expect(outcome.driver.eventLoopUtilization).toBeGreaterThan(0);
    expect(outcome.driver.eventLoopUtilization).toBeLessThanOrEqual(1);
    expect(outcome.driver.maxRssBytes).toBeGreaterThan(20e6);
    expect(lastRowCount(plan.spoolPath)).toBe(615);
  });

  it('is the same from a bundle of the module kind, in an open loop', async () => {
    await using server = await startTarget();
    const esm = join(dir, 'driver.mjs');
    await bundle('esm', esm);
    const plan = spooled(planFor([server.target], { load: { kind: 'open', ratePerS: 200 }, requests: 5 }));
    expect(await run(plan, never, esm)).toMatchObject({ acknowledged: 20, stall: null });
  });

  it('is killed by an abort, which it rejects with', async () => {
    const controller = new AbortController();
    await using server = await startTarget(() => controller.abort(new Error('interrupted')));
    await expect(run(spooled(planFor([server.target])), controller.signal)).rejects.toThrow('interrupted');
  });

  it('that crashes is an error with its last words', async () => {
    await using server = await startTarget();
    const plan = spooled(planFor([server.target], { operations: [{ name: 'die', weight: 1 }] }));
    const error: unknown = await run(plan).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'STRATA-E532' });
    expect(causeChain(error).join('\n')).toMatch(
      /ended with exit code \d+[\s\S]*cannot write client \d request 0/,
    );
  });

  it('that cannot be loaded, or knows no drive, is an error with the reason', async () => {
    const foreign = join(dir, 'foreign.cjs');
    await writeFile(foreign, 'process.exit(7)');
    const plan = spooled(planFor([{ name: 'nobody', host: '127.0.0.1', port: 1 }]));
    await expect(run(plan, never, foreign)).rejects.toThrow(/ended with exit code 7 before it reported/);
    const missing: unknown = await run(plan, never, join(dir, 'missing.cjs')).catch(
      (thrown: unknown) => thrown,
    );
    expect(causeChain(missing).join('\n')).toMatch(/Cannot find module/);
  });

  it('passes on a known error with its code and fix', async () => {
    const noTargets = run(spooled(planFor([])));
    await expect(noTargets).rejects.toMatchObject({ code: 'STRATA-E530', fix: expect.any(String) as string });
    const noDirectory = run({
      ...planFor([{ name: 'nobody', host: '127.0.0.1', port: 1 }]),
      spoolPath: join(dir, 'no', 'spool'),
    });
    await expect(noDirectory).rejects.toMatchObject({ code: expect.stringMatching(/^STRATA-E36/) as string });
  });

  it('leaves a stall as an outcome, with a complete spool', async () => {
    await using silent = await startTarget(() => undefined);
    const plan = spooled(planFor([silent.target], { clients: 2, stallTimeoutMs: 200 }));
    const outcome = await run(plan);
    expect(outcome).toMatchObject({ acknowledged: 0, unanswered: 2 });
    expect(outcome.stall?.observations[0]).toMatch(/^replica-1 .*: accepts connections; never answered/);
    expect((await stat(plan.spoolPath)).size).toBeGreaterThan(0);
    expect(lastRowCount(plan.spoolPath)).toBe(2);
  });
});

/** The end mark of a spool carries the number of rows. */
function lastRowCount(path: string): number {
  const content = readFileSync(path);
  return content.readDoubleLE(content.length - 8);
}
