/** Declared hypotheses as a manifest keeps them. */
import { z } from 'zod';
import { bootModes, environmentNames, workloadNames } from '../../harness/foundation/cell.ts';
import { claimKinds, metricNames } from '../../harness/foundation/hypothesis.ts';

const count = z.int().nonnegative();
const oneOf = <T extends z.ZodType>(value: T) => z.array(value).min(1).exactOptional();

const selectorSchema = z
  .object({
    env: oneOf(z.enum(environmentNames)),
    boot: oneOf(z.enum(bootModes)),
    workload: oneOf(z.enum(workloadNames)),
    replicas: oneOf(z.int().positive()),
    clients: oneOf(z.int().positive()),
    store: oneOf(z.enum(['ram', 'disk'])),
    sharedMemory: oneOf(z.enum(['etcd', 'embedded', 'none'])),
    cpus: oneOf(z.number().positive().nullable()),
    memoryBytes: oneOf(z.int().positive().nullable()),
    engine: oneOf(z.enum(['mariadb', 'mysql'])),
    insertsPerMinute: oneOf(count),
    aggregation: oneOf(z.int().positive()),
    stringLength: oneOf(z.int().positive()),
    durability: oneOf(z.union([z.literal(0), z.literal(1), z.literal(2)])),
    mode: oneOf(z.enum(['replicated', 'baseline'])),
    delivery: oneOf(z.enum(['sequential', 'parallel'])),
    nameResolution: oneOf(z.boolean()),
    onPeerLoss: oneOf(z.enum(['fail', 'retry', 'drop-and-report'])),
  })
  .describe('Cells whose every factor named here has one of these values; null = unlimited');

export const hypothesisSchema = z.object({
  id: z.string().min(1),
  statement: z.string(),
  metric: z.enum(metricNames).nullable().describe('null for the claim "completes" only'),
  claim: z.enum(claimKinds),
  treatment: selectorSchema,
  baseline: selectorSchema,
  margin: z.number().positive().describe('Ratio treatment / baseline'),
  alpha: z.number().positive().max(0.5),
  family: z.string().min(1).describe('Hypotheses of one family are corrected together'),
  role: z.enum(['confirmatory', 'exploratory']),
  pairing: z
    .literal('blocks')
    .exactOptional()
    .describe('Compared within blocks; absent = as independent arms'),
});
