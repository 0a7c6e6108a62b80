/**
 * Trials of two arms that met the same state of the machine: one of each in every block. What the blocks differ in,
 * such as a machine that slows down over the run, cancels out of the pairs.
 */
import type { TrialSummary } from '../../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from '../outcome.ts';
import { meanArmsOf, type Arms } from './arms.ts';

export interface Pair {
  readonly block: number;
  readonly treatment: TrialSummary;
  readonly baseline: TrialSummary;
}

export interface Pairs {
  /** In ascending order of blocks. */
  readonly pairs: readonly Pair[];
  /** Trials without a partner, because it failed or is invalid. They do not enter, and must be shown. */
  readonly unpaired: number;
}

/** @returns `unbalanced` when a block holds an arm more than once: which of the trials belong together is unknown */
export function pairsOf(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
): Pairs | Degenerate {
  for (const [name, arm] of [['treatment', treatment] as const, ['baseline', baseline] as const]) {
    const blocks = arm.map(({ block }) => block);
    const twice = blocks.find((block, index) => blocks.indexOf(block) !== index);
    if (twice !== undefined)
      return degenerate(
        'unbalanced',
        `block ${twice} holds the ${name} more than once; pairs need one trial each`,
      );
  }
  const partners = new Map(baseline.map((trial) => [trial.block, trial]));
  const pairs = treatment.flatMap((trial) => {
    const partner = partners.get(trial.block);
    return partner === undefined ? [] : [{ block: trial.block, treatment: trial, baseline: partner }];
  });
  const unpaired = treatment.length + baseline.length - 2 * pairs.length;
  return { pairs: pairs.sort((a, b) => a.block - b.block), unpaired };
}

/** The figures of the pairs, in the order of the blocks. @returns as `pairsOf` and `meanArmsOf` */
export function pairedArmsOf(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
): Arms | Degenerate {
  const paired = pairsOf(treatment, baseline);
  if (isDegenerate(paired)) return paired;
  const { pairs } = paired;
  if (pairs.length < 2) {
    const both =
      pairs.length === 1 ? '1 of the blocks holds both arms' : 'none of the blocks holds both arms';
    return degenerate('too-few-trials', `${both}; a spread needs 2`);
  }
  return meanArmsOf(
    pairs.map((pair) => pair.treatment),
    pairs.map((pair) => pair.baseline),
  );
}
