/**
 * From an experiment to its trials, purely: every cell once in every block, each block in an order of its own. The
 * same experiment and seed give the same plan on any machine.
 */
import { createHash } from 'node:crypto';
import { cellKey, type Cell, type PlannedTrial } from '../foundation/cell.ts';
import type { Experiment } from './experiment.ts';
import { derivedRandom, shuffled } from './random.ts';

export interface Plan {
  readonly experiment: Experiment;
  readonly seed: number;
  /** In the order of the factors as written. */
  readonly cells: readonly Cell[];
  /** In executed order. */
  readonly trials: readonly PlannedTrial[];
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
  return { experiment, seed: experiment.seed, cells, trials, hash: hashOf(experiment, trials) };
}

/** The product of the factors. */
function cellsOf(experiment: Experiment): Cell[] {
  const { env: environments, workload: workloads, replicas, clients, store: media } = experiment;
  return environments.flatMap((env) =>
    workloads.flatMap((workload) =>
      media.flatMap((store) =>
        replicas.flatMap((replicaCount) =>
          clients.map((clientCount) => ({
            ...sharedBy(experiment),
            ...experiment.limits,
            env,
            workload,
            store,
            replicas: replicaCount,
            clients: clientCount,
          })),
        ),
      ),
    ),
  );
}

function sharedBy(experiment: Experiment) {
  const { sharedMemory, load, balance, mix, requests, warmupRequests, requestTimeoutMs, faults } = experiment;
  return { sharedMemory, load, balance, mix, requests, warmupRequests, requestTimeoutMs, faults };
}

function hashOf(experiment: Experiment, trials: readonly PlannedTrial[]): string {
  const hash = createHash('sha256').update(JSON.stringify({ ...experiment, origins: undefined }));
  // Trial by trial: 100 000 trials as one text would be larger than the longest string.
  for (const { id, cellKey: key, seed } of trials) hash.update(`\n${id} ${seed} ${key}`);
  return hash.digest('hex');
}
