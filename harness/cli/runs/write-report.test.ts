/** The files of a report agree with each other: what the page's table says is what summary.csv says. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measured } from '../../../analysis/report/numbers.ts';
import { cellsOver, runOf } from '../summary/run.fixture.ts';
import { concludeRun, writeReport } from './finish-run.ts';

const columns = [
  'throughput_per_s',
  'latency_mean_ms',
  'latency_p50_ms',
  'latency_p95_ms',
  'latency_p99_ms',
  'latency_max_ms',
];

describe('the files of a report', () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'strata-written-'));
    const { manifest, records } = runOf({ cells: cellsOver([1, 3], [1, 16]) });
    const stored = { trialsBytes: 0, noiseBytes: 0, stoppingBytes: 0, noise: [], stopping: [], warnings: [] };
    const run = { ...stored, path: directory, manifest, trials: records };
    await writeReport(concludeRun(run, { interrupted: null, notes: [] }));
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('agree on every figure of every cell', async () => {
    const [header = '', ...lines] = (await readFile(join(directory, 'summary.csv'), 'utf8'))
      .trim()
      .split('\r\n');
    const names = header.split(',');
    const figures = lines.map((line) => {
      // No field before the figures holds a comma but the mix, which is quoted.
      const fields = line.replaceAll(/"(?:[^"]|"")*"/g, 'text').split(',');
      return columns.map((name) => {
        const text = fields[names.indexOf(name)] ?? '';
        return measured(text === '' ? null : Number(text));
      });
    });
    const page = await readFile(join(directory, 'report', 'index.html'), 'utf8');
    const rows = [...page.matchAll(/<tr data-cell[\s\S]*?<\/tr>/g)].map(([row]) =>
      [...row.matchAll(/<td class="number">\s*([^<]*?)\s*</g)].map(([, text]) => text),
    );
    expect(rows).toHaveLength(4);
    expect(rows).toEqual(figures);
  });

  it('name the trials whose samples are gone, and show the rest', async () => {
    const page = await readFile(join(directory, 'report', 'index.html'), 'utf8');
    expect(page.match(/the distribution of t\d+ is unknown/g)).toHaveLength(12);
  });

  it('are small, and have a picture of every chart', async () => {
    const report = join(directory, 'report');
    expect((await stat(join(report, 'index.html'))).size).toBeLessThan(3e6);
    const page = await readFile(join(report, 'index.html'), 'utf8');
    const ids = [...page.matchAll(/<canvas\s+id="chart-([\w-]+)"/g)].map(([, id]) => `${id ?? ''}.png`);
    expect(ids.length).toBeGreaterThan(2);
    expect((await readdir(report)).filter((name) => name.endsWith('.png'))).toEqual([...ids].sort());
    for (const name of ids) {
      const bytes = await readFile(join(report, name));
      expect([...bytes.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
      expect(bytes.length).toBeGreaterThan(8_000);
    }
  });
});
