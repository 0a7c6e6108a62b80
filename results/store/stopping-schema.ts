/** The stopping rule of a manifest and the lines of `stopping.ndjson`, as they are held against what is stored. */
import { z } from 'zod';
import { precisionMetrics, stoppingReasons, type StoppingRule } from '../../harness/foundation/stopping.ts';
import type { Manifest } from './records.ts';

const blocks = z.int().positive();

const ruleSchema = z.object({ precision: z.number().positive(), leastBlocks: blocks, mostBlocks: blocks });

export const stoppingDecisionSchema = z.object({
  block: z.int().nonnegative().describe('0-based; all trials up to its end have been tried'),
  atIso: z.string(),
  decision: z.enum(['continue', 'stop']),
  reason: z.enum(stoppingReasons),
  intervals: z.int().nonnegative(),
  wide: z.int().nonnegative(),
  widest: z
    .object({
      cellKey: z.string(),
      metric: z.enum(precisionMetrics),
      relativeHalfWidth: z.number().nonnegative().nullable(),
      trials: z.int().nonnegative(),
    })
    .nullable(),
});

/** null for a run whose number of trials is fixed, and of versions that knew no rule. */
export function stoppingRuleOf({ experiment }: Pick<Manifest, 'experiment'>): StoppingRule | null {
  const parsed = ruleSchema.safeParse(experiment['stopping']);
  return parsed.success ? parsed.data : null;
}
