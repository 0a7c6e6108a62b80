/** What is allowed in each part of a hypothesis, and why a given part is none of it. */
import { claimKinds, metricNames } from '../../foundation/hypothesis.ts';
import { parseCounts } from '../counts.ts';
import { closest } from '../did-you-mean.ts';
import type { ValuePath } from '../layer.ts';
import { mysqlReaders } from '../mysql-values.ts';
import { accepted, parseEach, refused, type Parsed } from '../parsed.ts';
import { quote } from '../quantities.ts';
import { clientLimits, replicaLimits } from '../size-limits.ts';
import { pairings, scopes } from './declared.ts';
import { hypothesisItems, parseHypothesis } from './hypothesis-text.ts';
import { hypothesisKeys } from './hypothesis-schema.ts';
import { selectorKeys, selectorWords } from './selector-schema.ts';

const allowed: Readonly<Record<string, string>> = {
  id: 'letters, digits, dots, dashes and underscores, at most 64',
  statement: 'a sentence of at most 300 characters',
  metric: metricNames.join(', '),
  claim: claimKinds.join(', '),
  treatment: `factors and the values compared: ${selectorKeys.join(', ')}`,
  baseline: `factors and the values compared: ${selectorKeys.join(', ')}`,
  margin: 'a ratio treatment / baseline from 0.001 to 1000, such as 1.2',
  alpha: 'from 0.0001 to 0.2, usually 0.05',
  family: 'letters, digits, dots, dashes and underscores, at most 64',
  role: 'confirmatory (Holm) or exploratory (Benjamini–Hochberg)',
  pairing: 'none (independent arms) or blocks (compared within the blocks they ran in)',
  scope: 'all (one claim about all pairs) or each (one claim for every pair)',
};

/** @param path within the key; of a part that has words of its own, else undefined */
export function allowedInHypothesis(path: ValuePath): string | undefined {
  const part = path.find((step) => typeof step === 'string');
  return part === undefined ? undefined : allowed[part];
}

/** The keys that are known where an unknown one was found. */
export function partsOfHypothesis(path: ValuePath): readonly string[] {
  return typeof path.at(-1) === 'string' ? selectorKeys : hypothesisKeys;
}

export function readHypotheses(text: string): Parsed<unknown> {
  if (text === 'none') return accepted(text);
  const parsed = parseEach(hypothesisItems(text), parseHypothesis);
  if (!parsed.ok) return parsed;
  return parseEach(parsed.value, ({ metric }) =>
    typeof metric === 'string' ? readMetric(metric) : accepted(metric),
  );
}

/** Readers of parts, by the last step of the path. */
export const hypothesisPartReaders: Readonly<Record<string, (text: string) => Parsed<unknown>>> = {
  metric: readMetric,
  claim: (text) => known('claim', text, claimKinds),
  role: (text) => known('role', text, ['confirmatory', 'exploratory']),
  pairing: (text) => known('pairing', text, pairings),
  scope: (text) => known('scope', text, scopes),
  replicas: (text) => parseCounts(text, replicaLimits),
  clients: (text) => parseCounts(text, clientLimits),
  ...mysqlReaders,
  env: (text) => word('env', text),
  store: (text) => word('store', text),
  workload: (text) => word('workload', text),
};

function readMetric(text: string): Parsed<string> {
  return known('metric', text, metricNames);
}

function known(what: string, text: string, words: readonly string[]): Parsed<string> {
  if (words.includes(text)) return accepted(text);
  const near = closest(text, words);
  return refused(`there is no ${what} ${quote(text)}${near === undefined ? '' : `; did you mean ${near}?`}`);
}

function word(key: string, text: string): Parsed<string> {
  return known(
    key,
    text,
    [...selectorWords].filter(([, factor]) => factor === key).map(([name]) => name),
  );
}
