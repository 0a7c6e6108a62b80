/**
 * Run as a process of its own by memory.integration.test.ts: records synthetic samples at full speed, turns them
 * into Parquet, reads them back sorted, and prints what it took. Arguments: directory, number of samples.
 */
import { statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { spoolToParquet } from './parquet.ts';
import type { Sample, SampleRecorder } from './sample.ts';
import { openSamples } from './source.ts';
import { openSpool } from './spool.ts';

const [, , dir = '.', count = '0'] = process.argv;
const total = Number(count);
const spoolPath = `${dir}/t0001.spool`;
const parquetPath = `${dir}/t0001.parquet`;

/** 0–1, without a pattern that would make the file smaller than a real one (mulberry32). */
function noiseAt(index: number): number {
  let mixed = Math.imul(index, 0x6d2b79f5);
  mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** 64 clients, five replicas, latencies around half a millisecond with a long tail. */
function fill(spool: SampleRecorder, sample: Sample & { extra: number[] }, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    const noise = noiseAt(index);
    sample.client = index % 64;
    sample.sequence = Math.floor(index / 64);
    sample.replica = index % 5;
    sample.operation = index % 3;
    sample.sendNs = index * 16_000 + Math.floor(noise * 10_000);
    sample.doneNs = sample.sendNs + Math.floor(300_000 / (1.001 - noise));
    sample.extra[0] = index;
    spool.record(sample);
  }
}

async function record(): Promise<number> {
  await using spool = await openSpool(spoolPath, [{ name: 'order_no', type: 'integer', description: '' }]);
  const sample = {
    ...{ client: 0, sequence: 0, replica: 0, operation: 0, phase: 1 as const, intendedNs: undefined },
    ...{ sendNs: 0, doneNs: 0, status: 200, bytes: 120, attempts: 1, extra: [0] },
  };
  let spentMs = 0;
  for (let index = 0; index < total; index += 1000) {
    const startedMs = performance.now();
    fill(spool, sample, index, Math.min(total, index + 1000));
    spentMs += performance.now() - startedMs;
    await setImmediate();
  }
  await spool.close();
  return spentMs;
}

async function readSorted(): Promise<number> {
  await using samples = await openSamples(parquetPath);
  let rows = 0;
  for await (const batch of samples.scan(
    ['client', 'send_ns', 'done_ns'],
    'done_ns',
    AbortSignal.timeout(200_000),
  ))
    rows += batch.rowCount;
  return rows;
}

const recordMs = await record();
const convertFrom = performance.now();
const { rowCount, fileBytes } = await spoolToParquet({
  ...{ spoolPath, parquetPath, trialId: 't0001', operations: ['get', 'inc', 'dou'] },
});
const convertMs = performance.now() - convertFrom;
const convertRssBytes = process.resourceUsage().maxRSS * 1024;
const scanFrom = performance.now();
const rowsRead = await readSorted();
process.stdout.write(
  JSON.stringify({
    ...{ rowCount, rowsRead, fileBytes, spoolBytes: statSync(spoolPath).size, convertRssBytes },
    ...{ recordNs: (recordMs * 1e6) / total, convertMs, scanMs: performance.now() - scanFrom },
    maxRssBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
