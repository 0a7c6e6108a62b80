/** Two arms as plain numbers, once it is sure that a test can be made of them; else the reason in words. */
import type { TrialSummary } from '../../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from '../outcome.ts';

export interface Arms {
  readonly treatment: readonly number[];
  readonly baseline: readonly number[];
}

/** Trials that entered, for the result: a reader must see them beside every p. */
export interface ArmSizes {
  readonly treatment: number;
  readonly baseline: number;
}

/**
 * The figures of both arms, each finite.
 *
 * @param fewest trials that each arm must have at least: 2 for anything that needs a spread, 1 for ranks
 */
export function armsOf(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  fewest: number,
): Arms | Degenerate {
  for (const [name, arm] of [['treatment', treatment] as const, ['baseline', baseline] as const]) {
    if (arm.length < fewest) return degenerate('too-few-trials', tooFew(name, arm.length, fewest));
    const odd = arm.find(({ value }) => !Number.isFinite(value));
    if (odd !== undefined)
      return degenerate(
        'non-positive-values',
        `trial ${odd.trialId} of the ${name} has the value ${odd.value}`,
      );
  }
  return { treatment: valuesOf(treatment), baseline: valuesOf(baseline) };
}

/** Like `armsOf`, and positive: what a logarithm needs. */
function positiveArmsOf(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  fewest: number,
): Arms | Degenerate {
  for (const [name, arm] of [['treatment', treatment] as const, ['baseline', baseline] as const]) {
    const odd = arm.find(({ value }) => !(value > 0));
    if (odd === undefined) continue;
    const text = `trial ${odd.trialId} of the ${name} has the value ${odd.value}; a ratio needs positive ones`;
    return degenerate('non-positive-values', text);
  }
  return armsOf(treatment, baseline, fewest);
}

/** A spread below this share of the largest value is the rounding of arithmetic, not of a measurement. */
const rounding = 1e-12;

/** @param values at least one, finite */
export function isConstant(values: readonly number[]): boolean {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return most - least <= rounding * Math.max(Math.abs(least), Math.abs(most));
}

/** Where neither arm varies there is no spread to test against: the reason, else null. */
export function constantData({ treatment, baseline }: Arms): Degenerate | null {
  if (!isConstant(treatment) || !isConstant(baseline)) return null;
  const text = `all ${treatment.length} values of the treatment are equal, and so are all ${baseline.length} of the baseline`;
  return degenerate('constant-data', text);
}

/** What a comparison of means needs: two positive figures an arm at least, and a spread in one of the arms. */
export function meanArmsOf(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
): Arms | Degenerate {
  const arms = positiveArmsOf(treatment, baseline, 2);
  return isDegenerate(arms) ? arms : (constantData(arms) ?? arms);
}

export function logsOf({ treatment, baseline }: Arms): Arms {
  return { treatment: treatment.map(Math.log), baseline: baseline.map(Math.log) };
}

export function sizesOf({ treatment, baseline }: Arms): ArmSizes {
  return { treatment: treatment.length, baseline: baseline.length };
}

function valuesOf(arm: readonly TrialSummary[]): readonly number[] {
  return arm.map(({ value }) => value);
}

function tooFew(name: string, count: number, fewest: number): string {
  const trials = count === 1 ? '1 trial' : `${count} trials`;
  return `the ${name} has ${trials}; ${fewest === 1 ? 'a comparison needs 1' : `a spread needs ${fewest}`}`;
}
