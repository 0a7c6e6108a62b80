/** Values that are right one by one and wrong together. Pure: knows the experiment, not the machine. */
import { cellCount, placeOf, type Experiment } from './experiment.ts';
import type { ExperimentKey } from './flags.ts';
import { mysqlContradictions, type Given } from './mysql-rules.ts';
import { hasMachines, machineEnvironments } from './names.ts';
import { unheededPrecision } from './repetition.ts';
import { planCodes, type Problem } from './problems.ts';

/** Beyond it a plan could not be run in a year and would not fit comfortably in memory. */
export const maxTrials = 100_000;

/** @param given as it was written, for words about it */
export function contradictions(experiment: Experiment, given: Given): Problem[] {
  return [
    ...twoPresets(experiment),
    ...embeddedElsewhere(experiment),
    ...bootOfNothing(experiment),
    ...mysqlContradictions(experiment, given),
    ...unheededPrecision(experiment),
    ...tooLarge(experiment),
  ];
}

function twoPresets(experiment: Experiment): Problem[] {
  if (experiment.paper === null || experiment.profile === null) return [];
  return [
    contradiction(
      experiment,
      'profile',
      `profile ${experiment.profile} and paper ${experiment.paper} (${placeOf(experiment, 'paper')}) are two experiments`,
      'Choose one of the two.',
    ),
  ];
}

function embeddedElsewhere(experiment: Experiment): Problem[] {
  if (experiment.sharedMemory !== 'embedded') return [];
  const fix = 'Write sharedMemory: etcd, or leave it out.';
  const outside = experiment.env.filter((name) => name !== 'process');
  const conflicts = [
    outside.length > 0 &&
      `the embedded store lives inside the harness and serves only env process, not ${outside.join(', ')} (${placeOf(experiment, 'env')})`,
    experiment.store.includes('disk') &&
      `the embedded store keeps nothing on disk, and store is ${experiment.store.join(',')} (${placeOf(experiment, 'store')})`,
    experiment.faults.some((fault) => fault.kind === 'kill-store') &&
      `the embedded store has no node that kill-store could end (${placeOf(experiment, 'fault')})`,
  ];
  return conflicts
    .filter((conflict) => conflict !== false)
    .map((conflict) => contradiction(experiment, 'sharedMemory', `sharedMemory: ${conflict}`, fix));
}

/** Only when it was asked for: that it has a default is no contradiction. */
function bootOfNothing(experiment: Experiment): Problem[] {
  const source = experiment.origins.boot?.source;
  if (source === undefined || source === 'default' || experiment.env.some(hasMachines)) return [];
  const { boot, env } = experiment;
  const message = `boot: ${boot.join(',')} is how machines come up, and env ${env.join(',')} (${placeOf(experiment, 'env')}) has none`;
  const fix = `Add ${machineEnvironments.join(' or ')} to env, or leave boot out.`;
  return [contradiction(experiment, 'boot', message, fix)];
}

function tooLarge(experiment: Experiment): Problem[] {
  const cells = cellCount(experiment);
  const total = cells * experiment.trials;
  if (total <= maxTrials) return [];
  return [
    {
      code: planCodes.tooLarge,
      place: placeOf(experiment, 'trials'),
      message: `trials: ${cells} cells × ${experiment.trials} trials = ${total} trials; at most ${maxTrials} are planned`,
      fix: `Allowed with these cells: at most ${Math.floor(maxTrials / cells)} trials.`,
    },
  ];
}

function contradiction(experiment: Experiment, key: ExperimentKey, message: string, fix: string): Problem {
  return { code: planCodes.contradiction, place: placeOf(experiment, key), message, fix };
}
