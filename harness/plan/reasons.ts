/** Turns what the schema found into problems a person can act on: place, key, value given, reason, what is allowed. */
import type * as z from 'zod';
import { closest } from './did-you-mean.ts';
import { operationNames } from './experiment-schema.ts';
import { parseCounts } from './counts.ts';
import { parseFault } from './faults.ts';
import { flagOf, type ExperimentKey } from './flags.ts';
import {
  allowedInHypothesis,
  hypothesisPartReaders,
  partsOfHypothesis,
  readHypotheses,
} from './hypotheses/hypothesis-reasons.ts';
import type { GivenValue, ValuePath } from './layer.ts';
import { laterNames } from './names.ts';
import { mysqlReaders } from './mysql-values.ts';
import { checkLimitsText, limitNames, parseCpus } from './node-limits.ts';
import { assignments, commaItems, parseEach, type Parsed } from './parsed.ts';
import { planCodes, shown, type Problem } from './problems.ts';
import { parseBytes, parseDurationMs } from './quantities.ts';
import { parsePrecision } from './repetition-values.ts';
import { clientLimits, replicaLimits } from './size-limits.ts';
import { parseThreshold } from './thresholds.ts';

type Issue = z.core.$ZodIssue;

export function problemOf(key: ExperimentKey, issue: Issue, given: GivenValue): Problem {
  const found = innermost(issue);
  const path = found.path.slice(1);
  const place = given.placeOf(
    found.code === 'unrecognized_keys' ? [...path, `${found.keys[0] ?? ''} (key)`] : path,
  );
  const part = valueAt(given.value, path);
  const later = laterName(key, part);
  const fix = `Allowed: ${allowedAt(key, path)}.`;
  const subject = subjectOf(key, path);
  if (later !== undefined) {
    const message = `${key}: ${later} is not part of this version`;
    return { code: planCodes.notInThisVersion, place, message, fix };
  }
  if (found.code === 'unrecognized_keys')
    return unknownPart(knownParts(key, path), subject, found.keys, place);
  const reason = found.code === 'custom' ? found.message : reasonFor(key, path, part);
  const message = `${subject}: ${shown(part)} is not allowed${reason === undefined ? '' : `: ${reason}`}`;
  return { code: planCodes.wrongValue, place, message, fix };
}

/** `limits[1].memory`: list items by their position, from 0. */
function subjectOf(key: ExperimentKey, path: ValuePath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : `${text}.${String(step)}`),
    key,
  );
}

/** Of a union's branches, the one that the given value was meant for: the one whose type it has. */
function innermost(issue: Issue): Issue {
  if (issue.code !== 'invalid_union') return issue;
  const meant = issue.errors.find((branch) =>
    branch.every((inner) => inner.path.length > 0 || !isOfType(inner)),
  );
  const [inner] = meant ?? [];
  return inner === undefined ? issue : innermost({ ...inner, path: [...issue.path, ...inner.path] });
}

function isOfType(issue: Issue): boolean {
  return issue.code === 'invalid_type' || issue.code === 'invalid_value';
}

function allowedAt(key: ExperimentKey, path: ValuePath): string {
  return (key === 'hypotheses' ? allowedInHypothesis(path) : undefined) ?? flagOf(key).allowed;
}

function knownParts(key: ExperimentKey, path: ValuePath): readonly string[] {
  if (key === 'hypotheses') return partsOfHypothesis(path);
  return key === 'mix' ? operationNames : limitNames;
}

function unknownPart(
  parts: readonly string[],
  subject: string,
  words: readonly string[],
  place: string,
): Problem {
  const near = closest(words[0] ?? '', parts);
  return {
    code: planCodes.unknownKey,
    place,
    message: `${subject}: unknown key ${words.map((word) => shown(word)).join(', ')}`,
    fix: `${near === undefined ? '' : `Did you mean ${near}? `}Allowed: ${parts.join(', ')}.`,
  };
}

/** A name promised for a later version, wherever it stands in a list. */
function laterName(key: ExperimentKey, given: unknown): string | undefined {
  const later = laterNames[key] ?? [];
  return textsOf(given)
    .flatMap(commaItems)
    .find((word) => later.includes(word));
}

/** Readers that can say more about a text than "does not match". */
const readers: Readonly<Partial<Record<ExperimentKey, (text: string) => Parsed<unknown>>>> = {
  replicas: (text) => parseCounts(text, replicaLimits),
  clients: (text) => parseCounts(text, clientLimits),
  ...mysqlReaders,
  requestTimeout: parseDurationMs,
  precision: parsePrecision,
  limits: checkLimitsText,
  fault: (text) => parseEach(commaItems(text), parseFault),
  thresholds: (text) => parseEach(commaItems(text), parseThreshold),
  hypotheses: readHypotheses,
};

const partReaders = new Map<PropertyKey | undefined, (text: string) => Parsed<unknown>>([
  ['memory', parseBytes],
  ['cpus', parseCpus],
]);

function reasonFor(key: ExperimentKey, path: ValuePath, given: unknown): string | undefined {
  const part = path.at(-1);
  const own = key === 'hypotheses' && typeof part === 'string' ? hypothesisPartReaders[part] : undefined;
  const reader = own ?? partReaders.get(part) ?? readers[key];
  for (const text of textsOf(given)) {
    const parsed = reader?.(text.trim());
    if (parsed?.ok === false) return parsed.reason;
  }
  return undefined;
}

function textsOf(given: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(given) ? given : [given];
  return items.flatMap((item) => {
    if (typeof item === 'string') return [item];
    return typeof item === 'number' ? [String(item)] : [];
  });
}

function valueAt(value: unknown, path: ValuePath): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current === 'string')
      return assignments(current).find(([name]) => name === step)?.[1] ?? current;
    if (current === null || typeof current !== 'object') return current;
    current = (current as Readonly<Record<PropertyKey, unknown>>)[step];
  }
  return current;
}
