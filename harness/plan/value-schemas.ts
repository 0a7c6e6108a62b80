/**
 * The kinds of values that keys of an experiment have: numbers, counts, names, texts, mappings. Each takes text as flags
 * and variables carry it, and what YAML makes of the same. Non-goal: which key has which.
 */
import * as z from 'zod';
import { checkCounts, countsPattern, parseCounts, type CountLimits, type CountWords } from './counts.ts';
import {
  accepted,
  assignments,
  commaItems,
  firstDuplicate,
  parseEach,
  refused,
  type Parsed,
} from './parsed.ts';

/** Of any list. No list of an experiment has a use for as many. */
export const maxItems = 100;

export const text = z.string().trim();

/** Runs a reader inside a schema; its refusal becomes the reason of the problem. */
export function reading<In, Out>(parse: (given: In) => Parsed<Out>) {
  return (given: In, context: z.RefinementCtx): Out => {
    // A part that was refused is one problem; what the whole makes of it would be a second one.
    if (context.issues.length > 0) return z.NEVER;
    const parsed = parse(given);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: parsed.reason });
    return z.NEVER;
  };
}

/** A number, or digits as flags and variables carry them. */
export function numeric(number: z.ZodNumber, digits: RegExp) {
  return z.union([number, text.regex(digits).transform(Number).pipe(number)]);
}

export function wholeNumber(min: number, max: number) {
  return numeric(z.int().min(min).max(max), /^\d{1,10}$/);
}

export function counts(limits: CountLimits, words: CountWords = {}) {
  const one = z.int().min(limits.min).max(limits.max);
  const range = text.regex(countsPattern(words));
  return z.union([
    one.transform((count) => [count]),
    range.transform(reading((given) => parseCounts(given, limits, words))),
    z
      .array(z.union([one, range]))
      .min(1)
      .max(maxItems)
      .transform(reading((given) => listOfCounts(given, limits, words))),
  ]);
}

function listOfCounts(
  given: readonly (number | string)[],
  limits: CountLimits,
  words: CountWords,
): Parsed<number[]> {
  const parts = parseEach(given.map(String), (item) => parseCounts(item, limits, words));
  return parts.ok ? checkCounts(parts.value.flat(), limits) : parts;
}

/** One name, names joined by commas, or a list of either; a name may occur once. */
export function names<const Name extends string>(known: readonly Name[], other: readonly string[] = []) {
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
export function texts<Out extends object>(pattern: RegExp, parse: (item: string) => Parsed<Out>) {
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

/** A mapping, or the same as text: `get=1,inc=8`. */
export function mapping<Schema extends z.ZodType>(object: Schema, pattern: RegExp) {
  const fromText = object as z.ZodType<z.output<Schema>, Record<string, string>>;
  return z.union([object, text.regex(pattern).transform(fieldsOf).pipe(fromText)]);
}

function fieldsOf(given: string, context: z.RefinementCtx): Record<string, string> {
  const pairs = assignments(given);
  const duplicate = firstDuplicate(pairs.map(([name]) => name));
  if (duplicate !== undefined) context.addIssue({ code: 'custom', message: `${duplicate} occurs twice` });
  return Object.fromEntries(pairs);
}
