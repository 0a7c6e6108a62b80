/**
 * What the trials at hand say of the spread that more of them would have: the standard error of the difference of mean
 * logarithms, and its degrees of freedom, with any number of trials. Arms that are independent have Welch's error, arms
 * that are paired by block the error of the differences within the blocks.
 */
import type { TrialSummary } from '../trial-summary.ts';
import { degenerate, isDegenerate, type Degenerate } from './outcome.ts';
import { isConstant, logsOf, meanArmsOf, type Arms } from './two-arms/arms.ts';
import type { Pairing } from './two-arms/pairing.ts';
import { pairedArmsOf } from './two-arms/pairs.ts';
import { meanAndError } from './two-arms/welch.ts';

export interface ErrorAndDf {
  /** Of the difference of means of logarithms. */
  readonly error: number;
  readonly df: number;
}

export interface Pilot {
  /** ln of the ratio treatment / baseline that was seen. */
  readonly logRatio: number;
  /** With the trials there are. */
  readonly seen: ErrorAndDf;
  /** With so many trials in each arm, ≥ 2. */
  readonly withTrials: (trials: number) => ErrorAndDf;
}

/** @returns why there is none: `too-few-trials`, `non-positive-values`, `constant-data`, `unbalanced` */
export function pilotOf(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
  pairing: Pairing,
): Pilot | Degenerate {
  return pairing === 'blocks' ? pairedPilot(treatment, baseline) : independentPilot(treatment, baseline);
}

function independentPilot(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
): Pilot | Degenerate {
  const arms = meanArmsOf(treatment, baseline);
  if (isDegenerate(arms)) return arms;
  const logs = logsOf(arms);
  const [x, y] = [meanAndError(logs.treatment), meanAndError(logs.baseline)];
  const variances = {
    treatment: x.error ** 2 * logs.treatment.length,
    baseline: y.error ** 2 * logs.baseline.length,
  };
  return {
    logRatio: x.mean - y.mean,
    seen: welchError(variances, logs.treatment.length, logs.baseline.length),
    withTrials: (trials) => welchError(variances, trials, trials),
  };
}

/** Welch and Satterthwaite. */
function welchError(
  variances: { readonly treatment: number; readonly baseline: number },
  treatmentTrials: number,
  baselineTrials: number,
): ErrorAndDf {
  const [x, y] = [variances.treatment / treatmentTrials, variances.baseline / baselineTrials];
  const df = (x + y) ** 2 / (x ** 2 / (treatmentTrials - 1) + y ** 2 / (baselineTrials - 1));
  return { error: Math.sqrt(x + y), df };
}

function pairedPilot(
  treatment: readonly TrialSummary[],
  baseline: readonly TrialSummary[],
): Pilot | Degenerate {
  const arms = pairedArmsOf(treatment, baseline);
  if (isDegenerate(arms)) return arms;
  const differences = differencesOf(logsOf(arms));
  if (isConstant(differences.map(Math.exp)))
    return degenerate('constant-data', `the ratio is the same in all ${differences.length} blocks`);
  const { mean, error } = meanAndError(differences);
  const pairs = differences.length;
  return {
    logRatio: mean,
    seen: { error, df: pairs - 1 },
    withTrials: (trials) => ({ error: error * Math.sqrt(pairs / trials), df: trials - 1 }),
  };
}

function differencesOf({ treatment, baseline }: Arms): readonly number[] {
  return treatment.map((value, index) => value - (baseline[index] ?? Number.NaN));
}
