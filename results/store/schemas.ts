/**
 * What `records.ts` says in types, said again so that a file can be held against it. The compiler checks that the
 * two agree (at the end); the JSON Schemas under `results/schemas/` are made from here.
 */
import { z } from 'zod';
import {
  bootModes,
  copyLabels,
  environmentNames,
  faultKinds,
  workloadNames,
} from '../../harness/foundation/cell.ts';
import { hypothesisSchema } from './hypothesis-schema.ts';
import type { Manifest, NoiseRecord, TrialRecord } from './records.ts';
import { qualitySchema } from './quality-schema.ts';
import { schemaVersion, trialPhases } from './records.ts';

const count = z.int().nonnegative();
const milliseconds = z.number().nonnegative();
const texts = z.array(z.string());
const numbersByName = z.record(z.string(), z.number());

const loadSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('closed') }),
  z.object({ kind: z.literal('open'), ratePerS: z.number().positive() }),
]);

const faultSchema = z.object({
  kind: z.enum(faultKinds),
  atMs: milliseconds,
  durationMs: milliseconds.exactOptional(),
});

/** Also in `bench --json`. */
export const mysqlFactorsSchema = z.object({
  engine: z.enum(['mariadb', 'mysql']),
  insertsPerMinute: count.describe('Of each instance; 0 = as fast as possible'),
  aggregation: z.int().positive(),
  stringLength: z.int().positive(),
  durability: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  mode: z.enum(['replicated', 'baseline']),
  delivery: z.enum(['sequential', 'parallel']),
  nameResolution: z.boolean(),
  onPeerLoss: z.enum(['fail', 'retry', 'drop-and-report']),
});

const cellSchema = z.object({
  env: z.enum(environmentNames),
  workload: z.enum(workloadNames),
  replicas: z.int().positive(),
  clients: z.int().positive(),
  store: z.enum(['ram', 'disk']),
  sharedMemory: z.enum(['etcd', 'embedded', 'none']),
  load: loadSchema,
  balance: z.enum(['round-robin', 'random']),
  mix: numbersByName,
  requests: count,
  warmupRequests: count,
  requestTimeoutMs: milliseconds,
  cpus: z.number().positive().exactOptional(),
  memoryBytes: z.int().positive().exactOptional(),
  boot: z.enum(bootModes).exactOptional(),
  label: z.enum(copyLabels).exactOptional(),
  mysql: mysqlFactorsSchema.exactOptional(),
  faults: z.array(faultSchema),
});

const plannedTrialSchema = z.object({
  id: z.string().min(1),
  cell: cellSchema,
  cellKey: z.string(),
  block: count,
  position: count,
  seed: z.number(),
});

const hostFactsSchema = z.object({
  hostname: z.string(),
  kernel: z.string(),
  cpuModel: z.string(),
  cpuCount: count,
  memoryBytes: count,
  nodeVersion: z.string(),
  bootId: z.string().nullable(),
  clockSource: z.string().nullable(),
  cgroupVersion: z.union([z.literal(1), z.literal(2)]).nullable(),
});

export const manifestSchema = z.object({
  schemaVersion: z.int().min(1).max(schemaVersion),
  runId: z.string().min(1),
  strataVersion: z.string(),
  commit: z.string().nullable(),
  startedAtIso: z.string(),
  resumedAtIso: texts,
  argv: texts,
  experiment: z.record(z.string(), z.unknown()),
  seed: z.number(),
  plan: z.array(plannedTrialSchema),
  planHash: z.string(),
  // Runs from before there were hypotheses lack both.
  hypotheses: z.array(hypothesisSchema).default([]),
  hypothesesHash: z.string().nullable().default(null),
  host: hostFactsSchema,
  environments: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
});

const quantile = z.number().nullable();
const latencySummarySchema = z.object({
  mean: z.number(),
  min: z.number(),
  p50: quantile,
  p90: quantile,
  p95: quantile,
  p99: quantile,
  p999: quantile,
  max: z.number(),
});

const metricsSchema = z.object({
  acknowledged: count,
  unanswered: count,
  resent: count,
  durationS: z.number(),
  throughputPerS: z.number(),
  offeredPerS: z.number().nullable(),
  latencyMs: latencySummarySchema,
  serviceTimeMs: latencySummarySchema.nullable(),
});

const causeSchema = z.object({
  code: z.string(),
  message: z.string(),
  because: texts,
  fix: z.string(),
  phase: z.enum(trialPhases),
  log: z.string().nullable(),
});

const verificationSchema = z.object({
  correct: z.boolean().nullable(),
  statement: z.string(),
  problems: texts,
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const annotationSchema = z.object({
  atNs: z.number(),
  kind: z.string(),
  text: z.string(),
  durationNs: z.number().exactOptional(),
});

const nodeStatsSchema = z.object({
  node: z.string(),
  atNs: z.number(),
  cpuNs: z.number(),
  memoryBytes: z.number(),
  networkReceivedBytes: z.number().nullable(),
  networkSentBytes: z.number().nullable(),
  throttledNs: z.number().nullable(),
});

const bootSchema = z.object({
  node: z.string().min(1),
  timeline: z.array(z.object({ name: z.string().min(1), atMs: milliseconds })),
  failures: texts,
});

export const trialRecordSchema = z.object({
  trialId: z.string().min(1),
  attempt: z.int().positive(),
  block: count,
  position: count,
  cellKey: z.string(),
  cell: cellSchema,
  status: z.enum(['completed', 'failed', 'aborted']),
  startedAtIso: z.string(),
  phasesMs: z.object(
    Object.fromEntries(trialPhases.map((phase) => [phase, milliseconds.exactOptional()])) as Record<
      (typeof trialPhases)[number],
      z.ZodExactOptional<z.ZodNumber>
    >,
  ),
  cause: causeSchema.nullable(),
  metrics: metricsSchema.nullable(),
  verification: verificationSchema.nullable(),
  invalid: texts,
  driver: numbersByName.nullable(),
  annotations: z.array(annotationSchema),
  // Runs from before trials were judged by their samples lack it.
  quality: qualitySchema.nullable().default(null),
  nodeStats: z.array(nodeStatsSchema),
  // Runs from before there were machines lack it.
  boots: z.array(bootSchema).default([]),
  samplesFile: z.string().nullable(),
  sampleCount: count,
});

export const noiseRecordSchema = z.object({
  trialId: z.string().min(1),
  attempt: z.int().positive(),
  when: z.enum(['before', 'after']),
  atIso: z.string(),
  readings: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
type Agree<Stored, Schema extends z.ZodType> = [Stored] extends [DeepReadonly<z.infer<Schema>>]
  ? [DeepReadonly<z.infer<Schema>>] extends [Stored]
    ? true
    : 'the schema allows what the type does not'
  : 'the type allows what the schema does not';

/** Does not compile when a schema and its type differ. */
export const agreement: [
  Agree<Manifest, typeof manifestSchema>,
  Agree<TrialRecord, typeof trialRecordSchema>,
  Agree<NoiseRecord, typeof noiseRecordSchema>,
] = [true, true, true];
