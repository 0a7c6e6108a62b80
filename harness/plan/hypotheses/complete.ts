/** From what was written to a whole hypothesis: what a claim needs, what it has no use for, and the words for it. */
import { isBetterHigher, type Hypothesis } from '../../foundation/hypothesis.ts';
import { namedFactors } from '../../foundation/compared-cells.ts';
import type { DeclaredHypothesis } from './declared.ts';
import type { CheckedHypothesis } from './hypothesis-schema.ts';
import { armWords, statementOf } from './statement.ts';

type Completed =
  | { readonly ok: true; readonly value: DeclaredHypothesis }
  | { readonly ok: false; readonly key: keyof Hypothesis; readonly reason: string };

const defaultAlpha = 0.05;

export function completed(given: CheckedHypothesis): Completed {
  const problem = problemOf(given);
  if (problem !== undefined) return { ok: false, ...problem };
  const { claim, treatment, baseline, role, pairing, scope } = given;
  const metric = given.metric ?? null;
  const margin = given.margin ?? 1;
  const claimed = { claim, metric, treatment, baseline, margin };
  return {
    ok: true,
    value: {
      id: given.id ?? idOf(claimed),
      statement: given.statement ?? statementOf(claimed),
      ...claimed,
      alpha: given.alpha ?? defaultAlpha,
      family: given.family ?? role,
      ...{ role, scope },
      ...(pairing === 'blocks' ? { pairing } : {}),
    },
  };
}

interface WrongPart {
  readonly key: keyof Hypothesis;
  readonly reason: string;
}

function problemOf(given: CheckedHypothesis): WrongPart | undefined {
  const { claim, metric, baseline, margin, pairing } = given;
  const wrong = (key: keyof Hypothesis, reason: string): WrongPart => ({ key, reason });
  const hasBaseline = namedFactors(baseline).length > 0;
  if (claim === 'completes') {
    if (metric !== undefined) return wrong('metric', 'the claim completes is about no metric');
    if (margin !== undefined) return wrong('margin', 'the claim completes has no margin');
    if (pairing === 'blocks') return wrong('pairing', 'the claim completes compares with nothing');
    return hasBaseline ? wrong('baseline', 'the claim completes compares with nothing') : undefined;
  }
  if (metric === undefined) return wrong('metric', `the claim ${claim} needs a metric`);
  if (claim === 'steps') {
    if (hasBaseline) return wrong('baseline', 'the baseline of a step is the step before it');
    return stepMargin(given);
  }
  if (!hasBaseline) return wrong('baseline', `the claim ${claim} needs a baseline to compare with`);
  return comparedMargin(given);
}

function comparedMargin({ claim, margin }: CheckedHypothesis): WrongPart | undefined {
  const wrong = (reason: string): WrongPart => ({ key: 'margin', reason });
  if (claim === 'differs')
    return margin === undefined || margin === 1
      ? undefined
      : wrong('that arms differ has no margin; for one write at-least or at-most');
  if (margin === undefined) return wrong(`the claim ${claim} needs a margin, a ratio such as 1.2`);
  if (claim === 'equivalent' && margin <= 1)
    return wrong(
      `equivalent within ${margin} is impossible: a ratio cannot lie within 1/${margin} and ${margin}; above 1 it can`,
    );
  return undefined;
}

/** A loss of 20 % is a ratio of 0.8 of what is better high, and of 1.25 of what is better low. */
function stepMargin({ metric, margin }: CheckedHypothesis): WrongPart | undefined {
  const wrong = (reason: string): WrongPart => ({ key: 'margin', reason });
  if (margin === undefined)
    return wrong('the claim steps needs a margin: of what each step may lose, such as 0.8 of throughput');
  const isHigher = metric === undefined || isBetterHigher(metric);
  if (isHigher && margin > 1)
    return wrong(`a step of ${metric ?? ''} that loses nothing keeps 1; at most that can be asked`);
  if (!isHigher && margin < 1)
    return wrong(
      `a step of ${metric}, of which less is better, that loses nothing keeps 1; at least that can be asked`,
    );
  return undefined;
}

type Claimed = Pick<Hypothesis, 'claim' | 'metric' | 'treatment' | 'baseline' | 'margin'>;

/** `p99-docker-at-most-1.2-process`: says what it is about wherever it is listed. */
function idOf({ claim, metric, treatment, baseline, margin }: Claimed): string {
  const arm = (selector: Hypothesis['treatment']) => armWords(selector, '-');
  const parts = [
    metric ?? '',
    arm(treatment),
    claim,
    ...(claim === 'differs' || claim === 'completes' ? [] : [String(margin)]),
    arm(baseline),
  ];
  return parts
    .filter((part) => part !== '')
    .join('-')
    .replaceAll(/[^\w.-]+/g, '-')
    .slice(0, 64);
}
