import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { cellsOver } from '../summary/run.fixture.ts';
import { comparisonOf } from '../compare/stored-run.fixture.ts';
import { compareOutput, compareOutputSchema, publishedCompareSchema } from './compare-output.ts';

it('the published JSON Schema is current (vitest -u rewrites it)', async () => {
  const path = join(import.meta.dirname, 'compare-output.schema.json');
  const text = await format(publishedCompareSchema(), { ...(await resolveConfig(path)), parser: 'json' });
  await expect(text).toMatchFileSnapshot(path);
});

describe('the document of a comparison', () => {
  const report = comparisonOf(
    { cells: cellsOver([1, 3], [4]) },
    { cells: cellsOver([3, 5], [4]), slowdown: 1.2, manifest: { runId: 'second', commit: 'abc-dirty' } },
    { allowed: ['dirty'] },
  );
  const document = compareOutput(report, 'second/report/compare.html');

  it('reads back as the schema says', () => {
    expect(compareOutputSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
    expect(document).toMatchObject({
      ...{ schemaVersion: 1, a: { title: 'smoke' }, b: { runId: 'second' } },
      verdict: { tone: 'bad', headline: 'B is a regression in 4 figures' },
      ...{ allowed: report.allowed, remarks: report.remarks, noise: report.noise },
      ...{ onlyA: report.onlyA, onlyB: report.onlyB, page: 'second/report/compare.html' },
    });
    expect([document.onlyA.length, document.onlyB.length, document.allowed.length]).toEqual([1, 1, 1]);
  });

  it('has a row a figure of a common cell, with its factors in the place of its key', () => {
    expect(document.comparisons.map(({ metric }) => metric)).toEqual(['throughput', 'p50', 'p95', 'p99']);
    const [row] = document.comparisons;
    expect(row).toEqual({
      ...{ factors: { ...report.rows[0]?.cell }, metric: 'throughput', trials: { a: 8, b: 8 } },
      ratio: expect.closeTo(1 / 1.2, 9) as number,
      ...{ ciLow: expect.any(Number) as number, ciHigh: expect.any(Number) as number },
      ...{ p: expect.any(Number) as number, pAdjusted: expect.any(Number) as number },
      ...{ pSame: expect.any(Number) as number, pRegression: expect.any(Number) as number },
      ...{ cliffsDelta: -1, verdict: 'slower', allowedLoss: 0.05, isRegression: true },
      words: expect.stringContaining('slower by 20.0 %') as string,
    });
    expect(row?.pAdjusted).toBeGreaterThanOrEqual(row?.p ?? 1);
  });

  it('has null, and never a number, where no test could be made', () => {
    const [row] = compareOutput(comparisonOf({ trials: 1 }, {}), 'page').comparisons;
    const figures = { ciLow: null, ciHigh: null, p: null, pAdjusted: null, pSame: null };
    expect(row).toMatchObject({ ...figures, pRegression: null, cliffsDelta: null, verdict: 'unknown' });
    expect(row?.words).toMatch(/^no test: .*1 trial/);
  });
});
