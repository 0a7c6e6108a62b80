/**
 * What the papers claim, as an experiment would declare it. Where a sentence of a paper can be read in two ways both are
 * declared, and the statement says which is which.
 */
import type { ExperimentInput } from './experiment-schema.ts';

type Written = Exclude<
  Extract<NonNullable<ExperimentInput['hypotheses']>, readonly unknown[]>[number],
  string
>;
type Claim = Pick<Written, 'metric' | 'claim' | 'margin'>;

const ramOverDisk = { treatment: { store: 'ram' }, baseline: { store: 'disk' } } as const;

/** "50 % better" of two figures that move against each other, and "more stable": one family, corrected together. */
const readings: readonly (Claim & { readonly id: string; readonly words: string })[] = [
  {
    id: 'throughput',
    words: '50 % better read as throughput: on the RAM disk at least 1.5 × that on disk',
    metric: 'throughput',
    claim: 'at-least',
    margin: 1.5,
  },
  {
    id: 'latency',
    words: '50 % better read as latency: the mean on the RAM disk at most 0.5 × that on disk',
    metric: 'mean',
    claim: 'at-most',
    margin: 0.5,
  },
  {
    id: 'stability',
    words: 'more stable: p95 / p50 within a trial on the RAM disk no larger than on disk',
    metric: 'spread',
    claim: 'at-most',
    margin: 1,
  },
];

/** The two points of the sweep for which the paper gives figures. */
const points = [
  [1, 64],
  [15, 32],
] as const;

const betterInMemory: readonly Written[] = [
  ...points.flatMap(([replicas, clients]) =>
    readings.map(({ id, words, ...claim }): Written => ({
      id: `H1-${id}-at-${replicas}x${clients}`,
      statement: `H1, ${words}, with ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} and ${clients} clients`,
      ...claim,
      treatment: { ...ramOverDisk.treatment, replicas, clients },
      baseline: { ...ramOverDisk.baseline, replicas, clients },
      family: 'H1',
    })),
  ),
  ...readings.map(({ id, words, ...claim }): Written => ({
    id: `H1-${id}`,
    statement: `H1, ${words}`,
    ...claim,
    ...ramOverDisk,
    family: `H1-${id}-by-cell`,
    role: 'exploratory',
    scope: 'each',
  })),
];

const lossOfSteps: Claim = { metric: 'throughput', claim: 'steps', margin: 0.8 };
const lossWords =
  'no step to more replicas loses more than 20 % of the throughput (RAM disk, every number of clients)';

/** At most 20 % less with every step; the paper leaves the step from 1 to 3 out, where replication begins. */
const manyReplicas: readonly Written[] = [
  {
    id: 'H2-usable',
    statement:
      'H2, usable with 12 replicas and more: every trial with 13 and 15 completes with right answers',
    claim: 'completes',
    treatment: { replicas: [13, 15] },
    family: 'H2-usable',
  },
  {
    id: 'H2-steps',
    statement: `H2 as the paper reads it, without the step from 1 to 3: ${lossWords}`,
    ...lossOfSteps,
    treatment: { store: 'ram', replicas: '3-15x2' },
    family: 'H2-steps',
  },
  {
    id: 'H2-every-step',
    statement: `H2 with the step from 1 to 3: ${lossWords}`,
    ...lossOfSteps,
    treatment: { store: 'ram' },
    family: 'H2-every-step',
  },
];

const machines: Pick<Written, 'treatment' | 'baseline' | 'metric' | 'role' | 'scope'> = {
  treatment: { env: 'docker-vm', mode: 'replicated' },
  baseline: { env: 'vm', mode: 'replicated' },
  metric: 'mean',
  role: 'exploratory',
  scope: 'each',
};
const ofContainers = 'the mean cycle time of containers in one virtual machine';

/** The paper asks a question and gives no figures: the margin of 5 % is ours. */
const containersOrMachines: readonly Written[] = [
  {
    id: 'differs',
    statement: `${ofContainers} differs from that of a virtual machine each`,
    ...machines,
    claim: 'differs',
    family: 'differs',
  },
  {
    id: 'same',
    statement: `${ofContainers} is that of a virtual machine each, within 5 %`,
    ...machines,
    claim: 'equivalent',
    margin: 1.05,
    family: 'same',
  },
];

export const paperHypotheses = {
  onset: [...betterInMemory, ...manyReplicas],
  'containers-vs-vms': [...containersOrMachines],
} satisfies Record<string, Written[]>;
