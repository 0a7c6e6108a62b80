/** The one document that `bench --json` prints: stable, versioned, published as a JSON Schema beside this file. */
import { z } from 'zod';
import { environmentNames, faultKinds, workloadNames } from '../../foundation/cell.ts';
import type { ReportModel } from '../../../analysis/report/report-model.ts';
import type { CellSummary } from '../../../results/export/summary.ts';
import type { ExitCode } from '../exit-code.ts';

/** Grows when a reader of the old shape would misread the new one. */
export const outputSchemaVersion = 1;

const count = z.int().nonnegative();
const estimate = z.object({ mean: z.number(), ciLow: z.number().nullable(), ciHigh: z.number().nullable() });

const factors = z.looseObject({
  env: z.enum(environmentNames),
  workload: z.enum(workloadNames),
  replicas: count,
  clients: count,
  store: z.enum(['ram', 'disk']),
  sharedMemory: z.enum(['etcd', 'embedded']),
  faults: z.array(z.looseObject({ kind: z.enum(faultKinds), atMs: z.number() })),
});

const cell = z.object({
  factors: factors.describe('The cell, all factors'),
  trials: z.object({ planned: count, completed: count, failed: count, aborted: count, invalid: count }),
  correct: z.boolean().nullable().describe('null = not known'),
  metrics: z
    .object({
      throughputPerS: estimate.describe('Geometric mean over trials, 95 % confidence interval'),
      latencyMs: z
        .object({
          mean: z.number(),
          p50: z.number().nullable(),
          p95: z.number().nullable(),
          p99: z.number().nullable(),
          max: z.number(),
        })
        .describe(
          'Geometric means over trials, max the largest of all; null where a trial has too few samples for the quantile',
        ),
      latencyCiMs: z.object({
        mean: estimate.nullable(),
        p50: estimate.nullable(),
        p95: estimate.nullable(),
        p99: estimate.nullable(),
      }),
    })
    .nullable()
    .describe('null = no trial of the cell may enter a verdict'),
});

const hypothesis = z.object({
  id: z.string(),
  verdict: z.enum(['supported', 'refuted', 'inconclusive', 'unknown']),
  estimate: z.number().nullable(),
  ciLow: z.number().nullable(),
  ciHigh: z.number().nullable(),
  p: z.number().nullable(),
  pAdjusted: z.number().nullable(),
  margin: z.number().nullable(),
  n: count,
});

export const benchOutputSchema = z
  .object({
    schemaVersion: z.literal(outputSchemaVersion),
    runId: z.string(),
    runDir: z.string(),
    status: z.enum(['complete', 'partial', 'interrupted']),
    exitCode: z.int(),
    cells: z.array(cell),
    hypotheses: z.array(hypothesis),
    warnings: z.array(z.object({ code: z.string(), message: z.string(), advice: z.string() })),
    report: z.string().nullable().describe('Path of the HTML report'),
  })
  .meta({ title: 'strata bench --json' });

export type BenchOutput = z.infer<typeof benchOutputSchema>;

export interface BenchResult {
  readonly model: ReportModel;
  readonly cells: readonly CellSummary[];
  readonly exitCode: ExitCode;
  readonly reportPath: string | null;
}

export function benchOutput({ model, cells, exitCode, reportPath }: BenchResult): BenchOutput {
  return benchOutputSchema.parse({
    schemaVersion: outputSchemaVersion,
    runId: model.runId,
    runDir: model.runDir,
    status: model.status,
    exitCode,
    cells,
    hypotheses: [],
    warnings: model.warnings,
    report: reportPath,
  });
}

/** The text of `bench-output.schema.json`. */
export function publishedSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(benchOutputSchema), null, 2)}\n`;
}
