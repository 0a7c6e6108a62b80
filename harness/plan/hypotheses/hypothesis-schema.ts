/** The key `hypotheses`: a list of claims in the long form or in one line each, completed with what need not be said. */
import * as z from 'zod';
import { claimKinds, metricNames } from '../../foundation/hypothesis.ts';
import { maxItems, numeric, reading, text } from '../value-schemas.ts';
import { firstDuplicate, accepted, parseEach, refused, type Parsed } from '../parsed.ts';
import { completed } from './complete.ts';
import { pairings, scopes, type DeclaredHypothesis } from './declared.ts';
import { hypothesisItems, hypothesisPattern, parseHypothesis } from './hypothesis-text.ts';
import { selectorSchema } from './selector-schema.ts';

const ratio = numeric(z.number().min(0.001).max(1000), /^\d{1,4}(\.\d{1,6})?$/);
const name = text.regex(/^[\w.-]{1,64}$/);

const written = z.strictObject({
  id: name.optional(),
  statement: text.min(1).max(300).optional(),
  metric: z.enum(metricNames).optional(),
  claim: z.enum(claimKinds),
  treatment: selectorSchema.default({}),
  baseline: selectorSchema.default({}),
  margin: ratio.optional(),
  alpha: numeric(z.number().min(0.0001).max(0.2), /^0?\.\d{1,6}$/).optional(),
  family: name.optional(),
  role: z.enum(['confirmatory', 'exploratory']).default('confirmatory'),
  pairing: z.enum(pairings).default('none'),
  scope: z.enum(scopes).default('all'),
});
/** What the schema makes of the long form. */
export type CheckedHypothesis = z.output<typeof written>;

export const hypothesisKeys = Object.keys(written.shape);

const longForm = written.transform((given, context): DeclaredHypothesis => {
  const problem = completed(given);
  if (problem.ok) return problem.value;
  context.addIssue({ code: 'custom', path: [problem.key], message: problem.reason });
  return z.NEVER;
});
const untyped = longForm as z.ZodType<DeclaredHypothesis, Record<string, unknown>>;

const line = hypothesisPattern.source.slice(1, -1);
const oneLine = text.regex(hypothesisPattern).transform(reading(parseHypothesis)).pipe(untyped);
const severalLines = text
  .regex(new RegExp(String.raw`^(none|${line}(\s*;\s*${line})*)$`))
  .transform(
    reading((given: string) => parseEach(given === 'none' ? [] : hypothesisItems(given), parseHypothesis)),
  )
  .pipe(z.array(untyped));

/** One union, not a union in a union: a problem is told of the branch whose type the given value has. */
export const hypothesesField = z
  .union([
    severalLines,
    longForm.transform((one) => [one]),
    z.array(z.union([oneLine, longForm])).max(maxItems),
  ])
  .transform(reading(eachIdOnce));

function eachIdOnce(hypotheses: readonly DeclaredHypothesis[]): Parsed<readonly DeclaredHypothesis[]> {
  const duplicate = firstDuplicate(hypotheses.map(({ id }) => id));
  return duplicate === undefined ? accepted(hypotheses) : refused(`the id ${duplicate} occurs twice`);
}
