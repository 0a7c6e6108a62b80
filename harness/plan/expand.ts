/**
 * From an experiment to its trials, purely: every cell once in every block, each block in an order of its own. The
 * same experiment and seed give the same plan on any machine.
 */
import { createHash } from 'node:crypto';
import { cellKey, type Cell, type PlannedTrial, type WorkloadName } from '../foundation/cell.ts';
import type { Hypothesis } from '../foundation/hypothesis.ts';
import { copiesOf, type Experiment } from './experiment.ts';
import { fittedHypotheses } from './hypotheses/fit.ts';
import { insertersOf, loopsOf } from './mysql-cells.ts';
import { hasMachines } from './names.ts';
import { derivedRandom, shuffled } from '../foundation/random.ts';

export interface Plan {
  readonly experiment: Experiment;
  readonly seed: number;
  /** In the order of the factors as written. */
  readonly cells: readonly Cell[];
  /** In executed order. */
  readonly trials: readonly PlannedTrial[];
  /** What is claimed of these cells. */
  readonly hypotheses: readonly Hypothesis[];
  /** SHA-256 over experiment (without origins), seed and trials; lower-case hex. */
  readonly hash: string;
}

/** @param experiment as `resolveExperiment` gives it: bounded, without duplicates. */
export function expandPlan(experiment: Experiment): Plan {
  const cells = cellsOf(experiment);
  const keyed = cells.map((cell) => ({ cell, key: cellKey(cell) }));
  const idDigits = Math.max(4, String(cells.length * experiment.trials).length);
  const trials: PlannedTrial[] = [];
  for (let block = 0; block < experiment.trials; block += 1) {
    // One generator a block: more trials append blocks and leave the earlier ones as they are.
    for (const { cell, key } of shuffled(keyed, derivedRandom(experiment.seed, `block ${block}`))) {
      const position = trials.length;
      const id = `t${String(position + 1).padStart(idDigits, '0')}`;
      const seed = derivedRandom(experiment.seed, `trial ${position + 1}`).nextUint32();
      trials.push({ id, cell, cellKey: key, block, position, seed });
    }
  }
  const hypotheses = fittedHypotheses(experiment, cells);
  return { experiment, seed: experiment.seed, cells, trials, hypotheses, hash: hashOf(experiment, trials) };
}

/** The product of the factors. */
function cellsOf(experiment: Experiment): Cell[] {
  const { workload: workloads, store: media, limits } = experiment;
  return placesOf(experiment).flatMap((place) =>
    workloads.flatMap((workload) =>
      media.flatMap((store) =>
        askedOf(experiment, workload).flatMap((asked) =>
          limits.flatMap((nodeLimits) =>
            copiesOf(experiment).map((copy) => {
              return { ...sharedBy(experiment), ...nodeLimits, ...place, ...copy, ...asked, workload, store };
            }),
          ),
        ),
      ),
    ),
  );
}

/** How many of a workload's clients ask how many replicas, and for what. */
function askedOf({ replicas, clients, ...experiment }: Experiment, workload: WorkloadName) {
  return replicas.flatMap((count) => {
    if (workload !== 'mysql') {
      const { sharedMemory, load, balance, mix, requestTimeoutMs } = experiment;
      const asked = { sharedMemory, load, balance, mix, requestTimeoutMs };
      return clients.map((clientCount) => ({ ...asked, replicas: count, clients: clientCount }));
    }
    const inserters = insertersOf(experiment.mysql, count);
    return loopsOf(experiment.mysql, clients, count).flatMap((loops) =>
      inserters.map((asked) => ({ ...asked, replicas: count, clients: loops })),
    );
  });
}

/** Environments; one with machines once for each way they come up, the others without one. */
function placesOf({ env: environments, boot: modes }: Experiment): Pick<Cell, 'env' | 'boot'>[] {
  return environments.flatMap((env) => (hasMachines(env) ? modes.map((boot) => ({ env, boot })) : [{ env }]));
}

/** Of all cells, whatever the workload. */
function sharedBy(experiment: Experiment) {
  const { requests, warmupRequests, faults } = experiment;
  return { requests, warmupRequests, faults };
}

function hashOf(experiment: Experiment, trials: readonly PlannedTrial[]): string {
  const hash = createHash('sha256').update(JSON.stringify({ ...experiment, origins: undefined }));
  // Trial by trial: 100 000 trials as one text would be larger than the longest string.
  for (const { id, cellKey: key, seed } of trials) hash.update(`\n${id} ${seed} ${key}`);
  return hash.digest('hex');
}
