/** Why a verdict is what it is: one sentence with the figures it rests on. */
import type { Hypothesis } from '../../harness/foundation/hypothesis.ts';
import { interval, measured } from '../report/numbers.ts';
import type { Findings } from './findings.ts';
import type { HypothesisVerdict } from './hypothesis-result.ts';
import type { PairTest } from './pair-test.ts';

export interface Judgement {
  readonly verdict: HypothesisVerdict;
  /** Both corrected over the family; null where there is none. */
  readonly pAdjusted: number | null;
  readonly pAgainst: number | null;
}

const mostObstacles = 3;

export function becauseOf(hypothesis: Hypothesis, findings: Findings, judgement: Judgement): string {
  const { alpha } = hypothesis;
  switch (judgement.verdict) {
    case 'supported':
      return `${ratioWords(hypothesis, findings)}; corrected p = ${pWords(judgement.pAdjusted)} ≤ ${alpha}`;
    case 'refuted':
      return `${oppositeWords(hypothesis, findings)}; corrected p of the opposite = ${pWords(judgement.pAgainst)} ≤ ${alpha}`;
    case 'inconclusive':
      return `${ratioWords(hypothesis, findings)}; corrected p = ${pWords(judgement.pAdjusted)} > ${alpha}, and the opposite is not shown either; ${moreWords(findings)}`;
    case 'unknown':
      return unknownWords(findings);
  }
}

/** `ratio 1.83 (90 % CI 1.60–2.10)`, of the pair on which all hangs. */
function ratioWords(hypothesis: Hypothesis, { worst, comparisons }: Findings): string {
  if (worst === null) return 'no ratio';
  const share = confidence(hypothesis);
  const of =
    comparisons.length === 1
      ? ''
      : `, the least favourable of ${comparisons.length} (${labelOf(worst, comparisons)})`;
  return `ratio ${measured(worst.estimate)} (${share} % CI ${interval(worst.ciLow, worst.ciHigh)})${of}`;
}

function oppositeWords(hypothesis: Hypothesis, { comparisons, worst }: Findings): string {
  const refuted = comparisons.filter(({ verdict }) => verdict === 'refuted');
  const of =
    comparisons.length === 1
      ? ''
      : ` in ${refuted.length} of ${comparisons.length} comparisons, worst ${labelOf(worst, comparisons)}`;
  const share = confidence(hypothesis);
  return `ratio ${measured(worst?.estimate ?? null)} (${share} % CI ${interval(worst?.ciLow ?? null, worst?.ciHigh ?? null)}) is on the other side of the margin${of}`;
}

function labelOf(worst: PairTest | null, comparisons: Findings['comparisons']): string {
  if (worst === null) return '';
  return comparisons.find(({ estimate, p }) => estimate === worst.estimate && p === worst.pFor)?.label ?? '';
}

function moreWords({ trialsToDecide: decide }: Findings): string {
  const trialsToDecide = decide();
  return trialsToDecide === null
    ? 'no number of trials would decide it at the ratio seen'
    : `about ${trialsToDecide} trials a cell would decide it at the ratio seen (power 0.8, before correction)`;
}

function unknownWords({ obstacles, comparisons }: Findings): string {
  if (comparisons.length === 0) return 'the plan has no cells to compare';
  const shown = obstacles.slice(0, mostObstacles).join('; ');
  const left = obstacles.length - mostObstacles;
  return `${shown}${left > 0 ? `; and ${left} more of ${comparisons.length} comparisons` : ''}`;
}

/** Of the interval beside the test, in percent. */
export function confidence({ claim, alpha }: Hypothesis): number {
  const share = claim === 'differs' ? 1 - alpha : 1 - 2 * alpha;
  return Math.round(share * 1000) / 10;
}

export function pWords(p: number | null): string {
  if (p === null) return '—';
  if (p < 0.0001) return '< 0.0001';
  return p < 0.001 ? p.toFixed(4) : p.toFixed(3);
}
