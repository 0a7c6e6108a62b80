/** How often cells are repeated: a number of trials, or a rule that ends the run. */
import { leastBlocks, type StoppingRule } from '../foundation/stopping.ts';
import { placeOf, type Experiment } from './experiment.ts';
import type { ExperimentKey } from './flags.ts';
import { isAskedFor } from './layer.ts';
import { planCodes, type Problem } from './problems.ts';

interface Repetition {
  readonly trials: number | 'auto';
  readonly precision: number;
  readonly maxTrials: number;
}

/** Of a rule the cap is planned: the blocks that it makes needless are the last ones. */
export function repetitionOf(given: Repetition): Pick<Experiment, 'trials' | 'stopping'> {
  const { trials, precision, maxTrials } = given;
  if (trials !== 'auto') return { trials, stopping: null };
  return { trials: maxTrials, stopping: { precision, leastBlocks, mostBlocks: maxTrials } };
}

/** A precision that nothing heeds would look as if it had been reached. */
export function unheededPrecision(experiment: Experiment): Problem[] {
  if (experiment.stopping !== null) return [];
  const keys: readonly ExperimentKey[] = ['precision', 'maxTrials'];
  return keys
    .filter((key) => isAskedFor(experiment.origins[key]))
    .map((key) => ({
      code: planCodes.contradiction,
      place: placeOf(experiment, key),
      message: `${key} says when trials: auto ends, and trials is ${experiment.trials} (${placeOf(experiment, 'trials')})`,
      fix: `Write trials: auto, or leave ${key} out.`,
    }));
}

/** `±5 %`. */
export function precisionText({ precision }: Pick<StoppingRule, 'precision'>): string {
  return `±${Number((precision * 100).toFixed(3))} %`;
}
