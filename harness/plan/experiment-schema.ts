/**
 * The one schema of an experiment. Files, `STRATA_*` variables and flags all pass through it; text from the command
 * line and typed YAML are both welcome. It knows no defaults (presets.ts) and no rules between keys (contradictions.ts).
 */
import * as z from 'zod';
import { workloadNames } from '../foundation/cell.ts';
import { checkCounts, countsPattern, parseCounts, type CountLimits } from './counts.ts';
import { faultPattern, inOrderOfTime, parseFault } from './faults.ts';
import { flagOf, type ExperimentKey } from './flags.ts';
import { accepted, commaItems, firstDuplicate, parseEach, refused, type Parsed } from './parsed.ts';
import { paperNames, profileNames, runnableEnvironments } from './names.ts';
import { durationPattern, formatDuration, parseBytes, parseDurationMs, sizePattern } from './quantities.ts';
import { parseThreshold, thresholdPattern, type Threshold } from './thresholds.ts';

export const operationNames = ['get', 'inc', 'dou'] as const;
export const replicaLimits: CountLimits = { min: 1, max: 15 };
export const clientLimits: CountLimits = { min: 1, max: 64 };

/** Of any list. No list of an experiment has a use for as many. */
const maxItems = 100;

const text = z.string().trim();

/** Runs a reader inside a schema; its refusal becomes the reason of the problem. */
function reading<In, Out>(parse: (given: In) => Parsed<Out>) {
  return (given: In, context: z.RefinementCtx): Out => {
    const parsed = parse(given);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.reason });
    return z.NEVER;
  };
}

/** A number, or digits as flags and variables carry them. */
function numeric(number: z.ZodNumber, digits: RegExp) {
  return z.union([number, text.regex(digits).transform(Number).pipe(number)]);
}

function wholeNumber(min: number, max: number) {
  return numeric(z.int().min(min).max(max), /^\d{1,10}$/);
}

function counts(limits: CountLimits) {
  const one = z.int().min(limits.min).max(limits.max);
  const range = text.regex(countsPattern);
  return z.union([
    one.transform((count) => [count]),
    range.transform(reading((given) => parseCounts(given, limits))),
    z
      .array(z.union([one, range]))
      .min(1)
      .max(maxItems)
      .transform(reading((given) => listOfCounts(given, limits))),
  ]);
}

function listOfCounts(given: readonly (number | string)[], limits: CountLimits): Parsed<number[]> {
  const parts = parseEach(given.map(String), (item) => parseCounts(item, limits));
  return parts.ok ? checkCounts(parts.value.flat(), limits) : parts;
}

/** One name, names joined by commas, or a list of either; a name may occur once. */
function names<const Name extends string>(known: readonly Name[], other: readonly string[] = []) {
  const one = [...known, ...other].join('|');
  const list = text.regex(new RegExp(String.raw`^(${one})(\s*,\s*(${one}))*$`));
  return z.union([list, z.array(list).min(1).max(maxItems)]).transform(
    reading((given: string | string[]): Parsed<Name[]> => {
      const items = [given].flat().flatMap(commaItems);
      if (items.includes('all') && other.includes('all')) {
        return items.length === 1 ? accepted([...known]) : refused('all already contains every other one');
      }
      const duplicate = firstDuplicate(items);
      if (duplicate !== undefined) return refused(`${duplicate} occurs twice`);
      return accepted(known.filter((name) => items.includes(name)));
    }),
  );
}

/** One text, texts joined by commas, a list of either, or the word none; each read by `parse`. */
function texts<Out extends object>(pattern: RegExp, parse: (item: string) => Parsed<Out>) {
  const one = pattern.source.slice(1, -1);
  const list = text.regex(new RegExp(String.raw`^(none|${one}(\s*,\s*${one})*)$`));
  return z.union([list, z.array(list).max(maxItems)]).transform(
    reading((given: string | string[]) => {
      const items = [given].flat().flatMap(commaItems);
      if (items.length > maxItems) return refused(`${items.length} items; at most ${maxItems} are read`);
      return parseEach(
        items.filter((item) => item !== 'none'),
        parse,
      );
    }),
  );
}

function eachOnce(thresholds: Threshold[]): Parsed<Threshold[]> {
  const duplicate = firstDuplicate(thresholds.map((threshold) => threshold.text));
  return duplicate === undefined ? accepted(thresholds) : refused(`${duplicate} occurs twice`);
}

/** A mapping, or the same as text: `get=1,inc=8`. */
function mapping<Schema extends z.ZodType>(object: Schema, pattern: RegExp) {
  const fromText = object as z.ZodType<z.output<Schema>, Record<string, string>>;
  return z.union([object, text.regex(pattern).transform(fieldsOf).pipe(fromText)]);
}

function fieldsOf(given: string, context: z.RefinementCtx): Record<string, string> {
  const pairs = commaItems(given).map((pair): [string, string] => {
    const [name = '', value = ''] = pair.split('=').map((side) => side.trim());
    return [name, value];
  });
  const duplicate = firstDuplicate(pairs.map(([name]) => name));
  if (duplicate !== undefined) context.addIssue({ code: 'custom', message: `${duplicate} occurs twice` });
  return Object.fromEntries(pairs);
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
const limits = z.strictObject({
  cpus: numeric(z.number().min(0.01).max(1024), /^\d{1,4}(\.\d{1,6})?$/).optional(),
  memory: memory.optional(),
});

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
  env: names(runnableEnvironments, ['all']),
  workload: names(workloadNames),
  replicas: counts(replicaLimits),
  clients: counts(clientLimits),
  store: names(['ram', 'disk']),
  sharedMemory: z.enum(['etcd', 'embedded']),
  trials: wholeNumber(1, 10_000),
  requests: wholeNumber(1, 10_000_000),
  warmupRequests: wholeNumber(0, 10_000_000),
  seed: wholeNumber(0, 2 ** 32 - 1),
  rate,
  balance: z.enum(['round-robin', 'random']),
  mix: mapping(mix, /^(get|inc|dou)\s*=\s*[\d.]+(\s*,\s*(get|inc|dou)\s*=\s*[\d.]+)*$/),
  requestTimeout,
  limits: z.union([
    z.literal('none').transform(() => ({})),
    mapping(limits, /^(cpus|memory)\s*=\s*[\w.]+(\s*,\s*(cpus|memory)\s*=\s*[\w.]+)?$/),
  ]),
  fault: texts(faultPattern, parseFault).transform(inOrderOfTime),
  thresholds: texts(thresholdPattern, parseThreshold).transform(reading(eachOnce)),
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
