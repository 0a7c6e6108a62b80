import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { summarizeCells } from '../../../analysis/cell-summary.ts';
import { hypothesis } from '../../../analysis/verdict/verdict.fixture.ts';
import type { Hypothesis } from '../../foundation/hypothesis.ts';
import { comparisonOf } from '../compare/stored-run.fixture.ts';
import { buildReport } from '../summary/build-report.ts';
import { cellsOver, killed, runOf, type RunShape } from '../summary/run.fixture.ts';
import { benchOutput, benchOutputSchema, publishedSchema } from './bench-output.ts';

it('the published JSON Schema is current (vitest -u rewrites it)', async () => {
  const path = join(import.meta.dirname, 'bench-output.schema.json');
  const text = await format(publishedSchema(), { ...(await resolveConfig(path)), parser: 'json' });
  await expect(text).toMatchFileSnapshot(path);
});

it('the document of a run with a failed trial reads back as the schema says, null where there is no figure', () => {
  const failed = { status: 'failed', cause: killed, metrics: null, verification: null } as const;
  const run = runOf({ trials: 1, records: { t0001: failed } });
  const cells = summarizeCells(run.manifest.plan, run.records);
  const document = benchOutput({ model: buildReport(run), cells, exitCode: 4, reportPath: null });
  const read = benchOutputSchema.parse(JSON.parse(JSON.stringify(document)));
  expect(read).toEqual(document);
  expect(read).toMatchObject({ status: 'partial', exitCode: 4, hypotheses: [], report: null });
  expect(read.cells[0]).toMatchObject({ correct: null, metrics: null, trials: { planned: 1, failed: 1 } });
  expect(read.cells[0]?.factors).toMatchObject({ env: 'process', replicas: 3, clients: 4 });
});

describe('hypotheses in the document of a run', () => {
  const faster = hypothesis({ id: 'faster', treatment: { replicas: [1] }, baseline: { replicas: [3] } });
  const all = hypothesis({ id: 'all', claim: 'completes', metric: null, treatment: {}, margin: 1 });
  const documentOf = (changes: Partial<Hypothesis>, shape: RunShape = {}) => {
    const manifest = { hypotheses: [{ ...faster, ...changes }, all] };
    const run = runOf({ cells: cellsOver([1, 3], [4]), trials: 6, manifest, ...shape });
    const cells = summarizeCells(run.manifest.plan, run.records);
    const document = benchOutput({ model: buildReport(run), cells, exitCode: 0, reportPath: 'index.html' });
    return { document, read: benchOutputSchema.parse(JSON.parse(JSON.stringify(document))) };
  };

  it('are what was declared, with the verdict, its figures and its reason', () => {
    const { document, read } = documentOf({ margin: 1.1 });
    expect(read).toEqual(document);
    const number = expect.any(Number) as number;
    expect(read.hypotheses[0]).toEqual({
      ...{ id: 'faster', statement: 'RAM is faster', metric: 'throughput', claim: 'at-least', margin: 1.1 },
      ...{ alpha: 0.05, family: 'main', role: 'confirmatory', pairing: 'none', verdict: 'supported', n: 12 },
      ...{ estimate: expect.closeTo(1.37, 1) as number, ciLow: number, ciHigh: number, p: number },
      ...{ pAdjusted: number, minimumDetectableRatio: number, trialsToDecide: null },
      because: expect.stringMatching(/^ratio 1\.\d+ \(90 % CI .*corrected p = .* ≤ 0\.05$/) as string,
      comparisons: [expect.objectContaining({ trials: { treatment: 6, baseline: 6 }, verdict: 'supported' })],
    });
  });

  it.each([
    ['refuted', { margin: 5 }],
    ['inconclusive', { margin: 1.39 }],
  ] as const)('that are %s say so', (verdict, changes) => {
    const [found] = documentOf(changes).read.hypotheses;
    expect(found?.verdict).toBe(verdict);
    expect(typeof found?.trialsToDecide).toBe(verdict === 'refuted' ? 'object' : 'number');
  });

  it('have null where nothing is known, and where nothing is tested', () => {
    const none = { estimate: null, ciLow: null, ciHigh: null, p: null, pAdjusted: null };
    const [unknown] = documentOf({}, { trials: 1 }).read.hypotheses;
    expect(unknown).toMatchObject({
      ...none,
      verdict: 'unknown',
      because: expect.stringContaining('1 trial') as string,
    });
    const [, counted] = documentOf({}).read.hypotheses;
    expect(counted).toMatchObject({
      ...none,
      verdict: 'supported',
      metric: null,
      n: 12,
      comparisons: [],
    });
  });
});

it('the comparison with a baseline is in the document of a run that had one, and only there', () => {
  const run = runOf();
  const cells = summarizeCells(run.manifest.plan, run.records);
  const result = { model: buildReport(run), cells, exitCode: 11, reportPath: null } as const;
  const comparison = { report: comparisonOf({}, { slowdown: 1.2 }), page: 'compare.html' };
  const document = benchOutput({ ...result, comparison });
  expect(document).toMatchObject({
    exitCode: 11,
    comparison: { page: 'compare.html', verdict: { tone: 'bad' } },
  });
  expect(document.comparison?.comparisons).toHaveLength(4);
  expect(benchOutput({ ...result, comparison: null })).not.toHaveProperty('comparison');
});
