/**
 * Lists of counts, the way sweeps are written: `1,3,5`, `1-15`, `1-15x2`, `1-15x2(odd)`, `1-64*2`, and any of
 * these joined by commas. Reading and writing are each other's inverse.
 */
import { accepted, commaItems, firstDuplicate, parseEach, refused, type Parsed } from './parsed.ts';
import { quote } from './quantities.ts';

/** Both inclusive. */
export interface CountLimits {
  readonly min: number;
  readonly max: number;
}

/** Words that stand for a count, such as `max`. */
export type CountWords = Readonly<Record<string, number>>;

/** No sweep has a use for more, and 1-60000000 must not fill the memory. */
const mostCounts = 100;

const item = String.raw`\d{1,9}(\s?-\s?\d{1,9}([x*]\d{1,9})?)?(\((odd|even)\))?`;

export function countsPattern(words: CountWords = {}): RegExp {
  const one = [...Object.keys(words), item].join('|');
  return new RegExp(String.raw`^(${one})(\s?,\s?(${one}))*$`);
}

const itemPattern = /^(\d{1,9})(?:\s?-\s?(\d{1,9})(?:([x*])(\d{1,9}))?)?(?:\((odd|even)\))?$/;

/** The counts of a range text in the order written; a count that occurs twice is refused. */
export function parseCounts(text: string, limits: CountLimits, words: CountWords = {}): Parsed<number[]> {
  const parts = parseEach(commaItems(text), (part) => {
    const count = Object.hasOwn(words, part) ? words[part] : undefined;
    return count === undefined ? parseItem(part, limits) : accepted([count]);
  });
  return parts.ok ? checkCounts(parts.value.flat(), limits) : parts;
}

/** The same checks for counts that came as numbers. */
export function checkCounts(counts: readonly number[], limits: CountLimits): Parsed<number[]> {
  const outside = counts.find(
    (count) => !Number.isInteger(count) || count < limits.min || count > limits.max,
  );
  if (outside !== undefined) return refused(outsideReason(outside, limits));
  const duplicate = firstDuplicate(counts);
  if (duplicate !== undefined) return refused(`${duplicate} occurs twice`);
  if (counts.length > mostCounts) return refused(`more than ${mostCounts} counts`);
  return counts.length === 0 ? refused('the list is empty') : accepted([...counts]);
}

/** The shortest of the forms above that says exactly this list. */
export function formatCounts(counts: readonly number[]): string {
  const [first = 0, second = 0] = counts;
  const last = counts.at(-1) ?? first;
  const step = second - first;
  const factor = second / first;
  if (counts.length < 3 || step < 1) return counts.join(',');
  if (followsEach(counts, (previous) => previous + step))
    return `${first}-${last}${step === 1 ? '' : `x${step}`}`;
  if (Number.isInteger(factor) && followsEach(counts, (previous) => previous * factor)) {
    return `${first}-${last}*${factor}`;
  }
  return counts.join(',');
}

function parseItem(text: string, limits: CountLimits): Parsed<number[]> {
  const match = itemPattern.exec(text);
  if (match === null) return refused(`${quote(text)} is not a count or a range`);
  const [, from, to = from, operator = 'x', stepText = '1', parity] = match;
  const [first, last, step] = [Number(from), Number(to), Number(stepText)];
  // Checked before the expansion: 1-999999999 must not fill the memory first.
  for (const end of [first, last]) {
    if (end < limits.min || end > limits.max) return refused(outsideReason(end, limits));
  }
  if (last < first) return refused(`${quote(text)} runs downwards: write ${last}-${first}`);
  if (step < (operator === '*' ? 2 : 1)) return refused(`${quote(text)} would never end: ${operator}${step}`);
  const counts = rangeOf(first, last, operator === '*' ? (count) => count * step : (count) => count + step);
  return keptOf(text, counts, parity);
}

function keptOf(text: string, counts: number[], parity: string | undefined): Parsed<number[]> {
  if (counts.length > mostCounts) return refused(`${quote(text)} is more than ${mostCounts} counts`);
  const kept = counts.filter((count) => parity === undefined || (count % 2 === 1) === (parity === 'odd'));
  return kept.length === 0 ? refused(`${quote(text)} contains no ${parity ?? ''} number`) : accepted(kept);
}

function rangeOf(first: number, last: number, next: (count: number) => number): number[] {
  const counts: number[] = [];
  // A range that starts at 0 and multiplies stays at 0: the limits' minimum of 1 is not assumed here.
  for (let count = first; count <= last && counts.at(-1) !== count; count = next(count)) {
    if (counts.push(count) > mostCounts) break;
  }
  return counts;
}

function followsEach(counts: readonly number[], next: (previous: number) => number): boolean {
  return counts.every((count, index) => index === 0 || count === next(counts[index - 1] ?? Number.NaN));
}

function outsideReason(count: number, limits: CountLimits): string {
  if (!Number.isInteger(count)) return `${count} is not a whole number`;
  return `${count} is outside ${limits.min}–${limits.max}`;
}
