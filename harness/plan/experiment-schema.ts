/**
 * The one schema of an experiment. Files, `STRATA_*` variables and flags all pass through it; text from the command
 * line and typed YAML are both welcome. It knows no defaults (presets.ts) and no rules between keys (contradictions.ts).
 */
import * as z from 'zod';
import { bootModes, environmentNames, workloadNames } from '../foundation/cell.ts';
import { faultPattern, inOrderOfTime, parseFault } from './faults.ts';
import type { NodeLimits } from './experiment.ts';
import { flagOf, type ExperimentKey } from './flags.ts';
import { hypothesesField } from './hypotheses/hypothesis-schema.ts';
import { mysqlFields } from './mysql-values.ts';
import { cpuRange, eachLimitsOnce } from './node-limits.ts';
import { paperNames, profileNames } from './names.ts';
import { accepted, firstDuplicate, refused, type Parsed } from './parsed.ts';
import { durationPattern, formatDuration, parseBytes, parseDurationMs, sizePattern } from './quantities.ts';
import { repetitionFields } from './repetition-values.ts';
import { clientLimits, replicaLimits } from './size-limits.ts';
import { parseThreshold, thresholdPattern, type Threshold } from './thresholds.ts';
import {
  counts,
  mapping,
  maxItems,
  names,
  numeric,
  reading,
  text,
  texts,
  wholeNumber,
} from './value-schemas.ts';

export const operationNames = ['get', 'inc', 'dou'] as const;

function eachOnce(thresholds: Threshold[]): Parsed<Threshold[]> {
  const duplicate = firstDuplicate(thresholds.map((threshold) => threshold.text));
  return duplicate === undefined ? accepted(thresholds) : refused(`${duplicate} occurs twice`);
}

const requestTimeout = text.regex(durationPattern).transform(
  reading((given) => {
    const parsed = parseDurationMs(given);
    if (!parsed.ok || (parsed.value >= 10 && parsed.value <= 600_000)) return parsed;
    return refused(`${formatDuration(parsed.value)} is outside 10ms–10m`);
  }),
);

const weight = numeric(z.number().min(0).max(1e6), /^\d{1,7}(\.\d{1,6})?$/);
const mix = z
  .strictObject({ get: weight.default(0), inc: weight.default(0), dou: weight.default(0) })
  .refine((weights) => weights.get + weights.inc + weights.dou > 0, {
    error: 'all weights are 0',
    when: ({ issues }) => issues.length === 0,
  });

const memory = text.regex(sizePattern).transform(
  reading((given) => {
    const parsed = parseBytes(given);
    // 6 MiB is the least a container engine accepts; below it no node could be made.
    if (!parsed.ok || (parsed.value >= 6 * 2 ** 20 && parsed.value <= 2 ** 40)) return parsed;
    return refused(`${given} is outside 6MiB–1024GiB`);
  }),
);
const nodeLimits = z
  .strictObject({
    cpus: numeric(z.number().min(cpuRange.min).max(cpuRange.max), /^\d{1,4}(\.\d{1,6})?$/).optional(),
    memory: memory.optional(),
  })
  .transform(({ cpus, memory: memoryBytes }): NodeLimits => ({
    ...(cpus === undefined ? {} : { cpus }),
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
  }));
const oneLimits = z.union([
  z.literal('none').transform((): NodeLimits => ({})),
  ...mapping(nodeLimits, /^(cpus|memory)\s*=\s*[\w.]+(\s*,\s*(cpus|memory)\s*=\s*[\w.]+)?$/).options,
]);
/** One union, not a union in a union: a problem is told of the branch whose type the given value has. */
const limits = z
  .union([...oneLimits.options, z.array(oneLimits).min(1).max(maxItems)])
  .transform(reading((given: NodeLimits | NodeLimits[]) => eachLimitsOnce([given].flat())));

const rate = z.union([
  z.number().positive().max(1e6),
  text
    .regex(/^\d{1,7}(\.\d{1,6})?(\s?\/\s?s)?$/)
    .transform((given) => Number.parseFloat(given))
    .pipe(z.number().positive().max(1e6)),
  z.literal('closed').transform(() => null),
]);

const fields = {
  name: text
    .min(1)
    .max(64)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u),
  env: names(environmentNames, ['all']),
  boot: names(bootModes),
  workload: names(workloadNames),
  replicas: counts(replicaLimits),
  clients: counts(clientLimits),
  store: names(['ram', 'disk']),
  sharedMemory: z.enum(['etcd', 'embedded']),
  ...repetitionFields,
  requests: wholeNumber(1, 10_000_000),
  warmupRequests: wholeNumber(0, 10_000_000),
  seed: wholeNumber(0, 2 ** 32 - 1),
  rate,
  balance: z.enum(['round-robin', 'random']),
  mix: mapping(mix, /^(get|inc|dou)\s*=\s*[\d.]+(\s*,\s*(get|inc|dou)\s*=\s*[\d.]+)*$/),
  requestTimeout,
  ...mysqlFields,
  limits,
  fault: texts(faultPattern, parseFault).transform(inOrderOfTime),
  thresholds: texts(thresholdPattern, parseThreshold).transform(reading(eachOnce)),
  hypotheses: hypothesesField,
  retries: wholeNumber(0, 10),
  profile: z.enum(profileNames),
  paper: z.enum(paperNames),
} satisfies Record<ExperimentKey, z.ZodType>;

function described<Field extends z.ZodType>(key: ExperimentKey, field: Field) {
  const { description, allowed } = flagOf(key);
  return field.optional().meta({ description: `${description}. Allowed: ${allowed}.` });
}

export const experimentSchema = z.strictObject(
  Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [key, described(key as ExperimentKey, field)]),
  ) as unknown as { [Key in ExperimentKey]: z.ZodOptional<(typeof fields)[Key]> },
);

/** What may be written, key by key. */
export type ExperimentInput = z.input<typeof experimentSchema>;
/** What was understood: durations in ms, sizes in bytes, lists expanded. Nothing is defaulted yet. */
export type ExperimentValues = z.output<typeof experimentSchema>;
