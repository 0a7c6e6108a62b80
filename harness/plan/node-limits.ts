/** CPU and memory limits of a node as values of a factor: why a text is none, how they are written, ordered and placed. */
import { closest } from './did-you-mean.ts';
import type { NodeLimits } from './experiment.ts';
import type { GivenValue, ItemOrigin } from './layer.ts';
import { accepted, assignments, firstDuplicate, parseEach, refused, type Parsed } from './parsed.ts';
import { formatExactBytes, parseBytes, quote } from './quantities.ts';

export const limitNames = ['cpus', 'memory'] as const;
export const cpuRange = { min: 0.01, max: 1024 } as const;

/** `none`, `cpus=0.5`, `cpus=0.5,memory=256MiB`: equal texts mean equal limits. */
export function formatLimits({ cpus, memoryBytes }: NodeLimits): string {
  const parts = [
    ...(cpus === undefined ? [] : [`cpus=${cpus}`]),
    ...(memoryBytes === undefined ? [] : [`memory=${formatExactBytes(memoryBytes)}`]),
  ];
  return parts.length === 0 ? 'none' : parts.join(',');
}

export function eachLimitsOnce(limits: readonly NodeLimits[]): Parsed<readonly NodeLimits[]> {
  const duplicate = firstDuplicate(limits.map(formatLimits));
  return duplicate === undefined ? accepted(limits) : refused(`${duplicate} occurs twice`);
}

/** Says of a text that the schema refused why it is none. */
export function checkLimitsText(text: string): Parsed<unknown> {
  if (text === 'none') return accepted(text);
  const parts = assignments(text);
  const duplicate = firstDuplicate(parts.map(([name]) => name));
  if (duplicate !== undefined) return refused(`${duplicate} occurs twice`);
  return parseEach(parts, ([name, value]) => checkLimit(name, value));
}

function checkLimit(name: string, value: string): Parsed<unknown> {
  if (name === 'memory') return parseBytes(value);
  if (name === 'cpus') return parseCpus(value);
  if (name === 'none') return refused('none stands alone: a comma joins the parts of one value');
  const near = closest(name, [...limitNames, 'none']);
  return refused(`there is no limit ${quote(name)}${near === undefined ? '' : `; did you mean ${near}?`}`);
}

export function parseCpus(text: string): Parsed<number> {
  const cpus = Number(text);
  if (text === '' || Number.isNaN(cpus)) return refused(`${quote(text)} is not a number of CPUs`);
  const { min, max } = cpuRange;
  return cpus >= min && cpus <= max ? accepted(cpus) : refused(`${text} is outside ${min}–${max}`);
}

export interface PlacedLimits {
  readonly limits: readonly NodeLimits[];
  /** Of each of `limits`, in the same order. */
  readonly items: readonly ItemOrigin[];
}

/** Unlimited first, then rising: in which order they were written does not make another plan. */
export function placedLimits(written: readonly NodeLimits[], given: GivenValue): PlacedLimits {
  const isList = Array.isArray(given.value);
  const placed = written.map((limits, index) => {
    const path = isList ? [index] : [];
    const places = { cpus: given.placeOf([...path, 'cpus']), memory: given.placeOf([...path, 'memory']) };
    return { limits, item: { subject: isList ? `limits[${index}]` : 'limits', places } };
  });
  placed.sort((a, b) => compareLimits(a.limits, b.limits));
  return { limits: placed.map(({ limits }) => limits), items: placed.map(({ item }) => item) };
}

function compareLimits(a: NodeLimits, b: NodeLimits): number {
  return (a.cpus ?? 0) - (b.cpus ?? 0) || (a.memoryBytes ?? 0) - (b.memoryBytes ?? 0);
}
