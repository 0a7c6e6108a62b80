/** The one document that `bench --json` prints: stable, versioned, published as a JSON Schema beside this file. */
import { z } from 'zod';
import { bootModes, copyLabels, environmentNames, faultKinds, workloadNames } from '../../foundation/cell.ts';
import { claimKinds, metricNames } from '../../foundation/hypothesis.ts';
import type { HypothesisResult } from '../../../analysis/verdict/hypothesis-result.ts';
import type { ReportModel } from '../../../analysis/report/report-model.ts';
import { mysqlFactorsSchema } from '../../../results/store/schemas.ts';
import type { CellSummary } from '../../../results/export/summary.ts';
import type { KeptComparison } from '../compare/keep-comparison.ts';
import { compareOutput, compareOutputSchema } from './compare-output.ts';
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
  sharedMemory: z.enum(['etcd', 'embedded', 'none']),
  boot: z.enum(bootModes).optional().describe('Of environments with machines only'),
  label: z.enum(copyLabels).optional().describe('In A/A runs only: which of two copies of the same cell'),
  mysql: mysqlFactorsSchema.optional().describe('Of workload mysql only'),
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

const verdict = z.enum(['supported', 'refuted', 'inconclusive', 'unknown']);
const hypothesis = z.object({
  id: z.string(),
  verdict,
  estimate: z.number().nullable(),
  ciLow: z.number().nullable(),
  ciHigh: z.number().nullable(),
  p: z.number().nullable(),
  pAdjusted: z.number().nullable(),
  margin: z.number().nullable(),
  n: count.describe('Trials that entered, both arms together'),
  because: z.string().describe('Why, in one sentence with the figures'),
  statement: z.string(),
  metric: z.enum(metricNames).nullable(),
  claim: z.enum(claimKinds),
  alpha: z.number(),
  family: z.string().describe('Corrected together'),
  role: z.enum(['confirmatory', 'exploratory']),
  pairing: z.enum(['none', 'blocks']).describe('blocks: arms are compared within the blocks they ran in'),
  minimumDetectableRatio: z.number().nullable(),
  trialsToDecide: z.number().nullable().describe('Per cell; null when decided, hopeless or unknown'),
  comparisons: z
    .array(
      z.object({
        label: z.string(),
        treatmentKey: z.string(),
        baselineKey: z.string(),
        trials: z.object({ treatment: count, baseline: count }),
        estimate: z.number().nullable(),
        ciLow: z.number().nullable(),
        ciHigh: z.number().nullable(),
        p: z.number().nullable(),
        cliffsDelta: z.number().nullable(),
        verdict,
        remark: z.string(),
      }),
    )
    .describe('One for each pair of cells, or step, that the claim is made of; not corrected'),
});

export const benchOutputSchema = z
  .object({
    schemaVersion: z.literal(outputSchemaVersion),
    runId: z.string(),
    runDir: z.string(),
    status: z.enum(['complete', 'partial', 'interrupted']),
    exitCode: z.int(),
    accelerator: z
      .object({ kind: z.string(), cpuModel: z.string(), reason: z.string() })
      .nullable()
      .describe("Who executed the guests' instructions: kvm, tcg or unknown; null without machines"),
    cells: z.array(cell),
    hypotheses: z.array(hypothesis),
    warnings: z.array(z.object({ code: z.string(), message: z.string(), advice: z.string() })),
    report: z.string().nullable().describe('Path of the HTML report'),
    comparison: compareOutputSchema.optional().describe('With --baseline only'),
  })
  .meta({ title: 'strata bench --json' });

export type BenchOutput = z.infer<typeof benchOutputSchema>;

function hypothesisOutput(result: HypothesisResult): z.infer<typeof hypothesis> {
  const { hypothesis: declared, ...found } = result;
  const { id, statement, metric, claim, margin, alpha, family, role, pairing = 'none' } = declared;
  return {
    id,
    statement,
    metric,
    claim,
    margin,
    alpha,
    family,
    role,
    pairing,
    ...found,
    comparisons: [...found.comparisons],
  };
}

export interface BenchResult {
  readonly model: ReportModel;
  readonly cells: readonly CellSummary[];
  readonly exitCode: ExitCode;
  readonly reportPath: string | null;
  /** With the baseline, where there is one. */
  readonly comparison?: KeptComparison | null;
}

export function benchOutput({ model, cells, exitCode, reportPath, comparison }: BenchResult): BenchOutput {
  return benchOutputSchema.parse({
    schemaVersion: outputSchemaVersion,
    runId: model.runId,
    runDir: model.runDir,
    status: model.status,
    exitCode,
    accelerator: model.accelerator,
    cells,
    hypotheses: model.hypotheses.map(hypothesisOutput),
    warnings: model.warnings,
    report: reportPath,
    ...(comparison ? { comparison: compareOutput(comparison.report, comparison.page) } : {}),
  });
}

/** The text of `bench-output.schema.json`. */
export function publishedSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(benchOutputSchema), null, 2)}\n`;
}
