/** The document of `compare --json`, and the `comparison` of `bench --baseline --json`: published beside this file. */
import { z } from 'zod';
import { comparedMetrics, comparisonVerdicts } from '../../../analysis/compare/compare-runs.ts';
import type { ComparisonReport } from '../../../analysis/compare/comparison-report.ts';

const texts = z.array(z.string());
const figure = z.number().nullable();
const run = z.object({ runId: z.string(), runDir: z.string(), title: z.string(), startedAtIso: z.string() });

export const compareOutputSchema = z
  .object({
    schemaVersion: z.literal(1),
    a: run.describe('The baseline'),
    b: run,
    verdict: z.object({ tone: z.enum(['good', 'bad', 'unknown']), headline: z.string(), sentences: texts }),
    comparisons: z.array(
      z.object({
        factors: z.looseObject({}).describe('The cell, all factors'),
        metric: z.enum(comparedMetrics),
        trials: z.object({ a: z.int().nonnegative(), b: z.int().nonnegative() }),
        ratio: figure.describe('B / A of geometric means over trials'),
        ciLow: figure,
        ciHigh: figure,
        p: figure,
        pAdjusted: figure.describe('Benjamini–Hochberg over the table'),
        pSame: figure.describe('Of two one-sided tests against ±5 %, Benjamini–Hochberg over the table'),
        cliffsDelta: figure,
        verdict: z.enum(comparisonVerdicts),
        allowedLoss: z.number().describe('Threshold or noise floor, as a share'),
        pRegression: figure.describe('Of a loss beyond that, Holm over the table'),
        isRegression: z.boolean(),
        words: z.string(),
      }),
    ),
    onlyA: texts,
    onlyB: texts,
    allowed: texts.describe('What makes the runs unlike and was allowed'),
    remarks: texts,
    noise: texts,
    page: z.string().describe('Path of the HTML page'),
  })
  .meta({ title: 'strata compare --json' });

export type CompareOutput = z.infer<typeof compareOutputSchema>;

export function compareOutput(report: ComparisonReport, page: string): CompareOutput {
  const { rows, ...rest } = report;
  const comparisons = rows.map(({ cell, cellKey: _key, cellLabel: _label, remark: _remark, ...row }) => {
    return { factors: { ...cell }, ...row };
  });
  return compareOutputSchema.parse({ schemaVersion: 1, ...rest, comparisons, page });
}

/** The text of `compare-output.schema.json`. */
export function publishedCompareSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(compareOutputSchema), null, 2)}\n`;
}
