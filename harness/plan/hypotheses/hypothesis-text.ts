/**
 * Hypotheses in one line, as flags and variables carry them:
 *
 * ```
 * p99 of docker <= 1.2 x process              throughput of ram,replicas=15 >= 1.5 x disk in each
 * mean of docker-vm != vm                     mean of docker-vm = vm within 1.05
 * throughput of steps >= 0.8                  throughput of steps,ram,replicas=3|5|7 >= 0.8
 * replicas=13|15 completes                    tail: p99 of docker <= 1.2 x process
 * ```
 *
 * A word in front of a colon is the id. What is read is the long form, which the schema then checks.
 */
import { closest } from '../did-you-mean.ts';
import { accepted, commaItems, parseEach, refused, type Parsed } from '../parsed.ts';
import { quote } from '../quantities.ts';
import { selectorKeys, selectorWords } from './selector-schema.ts';

/** The long form, unchecked. */
export type WrittenHypothesis = Readonly<Record<string, unknown>>;

/** What every one-line form looks like; {@link parseHypothesis} says more about one that is wrong. */
export const hypothesisPattern =
  /^([\w.-]{1,64}\s?:\s?)?(\w{1,20} of [\w.=|,\s-]{1,200}(>=|<=|≥|≤|!=|≠|=)[\w.=|,\s×*-]{1,250}|[\w.=|,\s-]{1,200} completes( in each)?)$/;

const form = 'metric of arm <= 1.2 x arm, such as p99 of docker <= 1.2 x process';

/** Several in one text are set apart by semicolons: commas join the factors of an arm. */
export function hypothesisItems(text: string): string[] {
  return text.split(';').map((item) => item.trim());
}

export function parseHypothesis(text: string): Parsed<WrittenHypothesis> {
  const match = /^(?:([\w.-]+)\s*:\s*)?(.*?)(\s+in\s+each)?$/.exec(text.trim());
  const [, id, claim = '', each] = match ?? [];
  const parsed = parseClaim(claim);
  if (!parsed.ok) return parsed;
  return accepted({
    ...(id === undefined ? {} : { id }),
    ...parsed.value,
    ...(each === undefined ? {} : { scope: 'each' }),
  });
}

function parseClaim(text: string): Parsed<WrittenHypothesis> {
  const completing = /^(.+?)\s+completes$/.exec(text);
  if (completing !== null) {
    const treatment = parseArm(completing[1] ?? '');
    return treatment.ok ? accepted({ claim: 'completes', treatment: treatment.value }) : treatment;
  }
  // A lone = stands between spaces: without them it gives a factor its value.
  const match = /^(\S+)\s+of\s+(.+?)(?:\s*(>=|<=|≥|≤|!=|≠)\s*|\s+(=)\s+)(.+)$/.exec(text);
  if (match === null) return refused(`${quote(text)} is not of the form ${form}`);
  const [, metric = '', left = '', sign = match[4] ?? '', , right = ''] = match;
  const steps = /^steps(?:\s*,\s*(.+))?$/.exec(left);
  if (steps !== null) return parseSteps(metric, steps[1], right);
  return parseComparison(metric, left, sign, right);
}

function parseSteps(metric: string, where: string | undefined, margin: string): Parsed<WrittenHypothesis> {
  const treatment = where === undefined ? accepted({}) : parseArm(where);
  if (!treatment.ok) return treatment;
  return accepted({ metric, claim: 'steps', treatment: treatment.value, margin: margin.trim() });
}

function parseComparison(
  metric: string,
  left: string,
  sign: string,
  right: string,
): Parsed<WrittenHypothesis> {
  const within = /^(.+?)\s+within\s+(\S+)$/.exec(right);
  const times = /^(\S+)\s*(?:[x×*]\s+|[×*])(.+)$/.exec(right);
  if (sign === '=' && within === null)
    return refused(`${quote(`= ${right}`)}: how near? Write = arm within 1.05`);
  const arms = parseEach([left, (sign === '=' ? within?.[1] : times?.[2]) ?? right], parseArm);
  if (!arms.ok) return arms;
  const [treatment, baseline] = arms.value;
  const margin = sign === '=' ? within?.[2] : (times?.[1] ?? '1');
  const claim = claims[sign] ?? '';
  return accepted({ metric, claim, treatment, baseline, ...(claim === 'differs' ? {} : { margin }) });
}

const claims: Readonly<Record<string, string>> = {
  '>=': 'at-least',
  '≥': 'at-least',
  '<=': 'at-most',
  '≤': 'at-most',
  '!=': 'differs',
  '≠': 'differs',
  '=': 'equivalent',
};

/** `docker,replicas=3|5`: words that name their factor, and factors with values set apart by bars. */
function parseArm(text: string): Parsed<Record<string, string>> {
  const parts = parseEach(commaItems(text), parsePart);
  if (!parts.ok) return parts;
  const twice = parts.value.map(([key]) => key).find((key, index, keys) => keys.indexOf(key) !== index);
  return twice === undefined ? accepted(Object.fromEntries(parts.value)) : refused(`${twice} occurs twice`);
}

function parsePart(text: string): Parsed<readonly [key: string, value: string]> {
  const [name = '', value] = text.split('=').map((side) => side.trim());
  if (value !== undefined) {
    if (selectorKeys.some((key) => key === name)) return accepted([name, value.replaceAll('|', ',')]);
    return refused(`there is no factor ${quote(name)}${hint(name, selectorKeys)}`);
  }
  const words = name.split('|').map((word) => word.trim());
  const unknown = words.find((word) => !selectorWords.has(word));
  if (unknown !== undefined)
    return refused(`${quote(unknown)} names no factor${hint(unknown, [...selectorWords.keys()])}`);
  const keys = new Set(words.map((word) => selectorWords.get(word)));
  const [key = ''] = [...keys];
  return keys.size === 1 ? accepted([key, words.join(',')]) : refused(`${quote(name)} names two factors`);
}

function hint(word: string, known: readonly string[]): string {
  const near = closest(word, known);
  return near === undefined ? '; write factor=value, such as replicas=3' : `; did you mean ${near}?`;
}
