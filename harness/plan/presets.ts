/**
 * Ready-made experiments. They are written as a user would write them and pass through the same schema. The smoke
 * profile is also the default, so that what an experiment does not say is what first contact does.
 */
import type { ExperimentInput } from './experiment-schema.ts';
import type { PaperName, ProfileName } from './names.ts';

/** Values for whatever no profile or paper speaks of. */
const common: ExperimentInput = {
  env: 'process',
  workload: 'onset',
  store: 'ram',
  balance: 'round-robin',
  // The papers give no proportions. Every ONSET request is ordered, reads too, so the mix hardly changes the cost;
  // increments prevail so that the counter passes 30 and `dou` really halves, and all three are there so that the
  // linearizability check sees each of them.
  mix: { get: 1, inc: 8, dou: 1 },
  // Well above the leader timer of 1 s and an election after it: a slow first answer is not sent again.
  requestTimeout: '5s',
  rate: 'closed',
  limits: 'none',
  fault: 'none',
  thresholds: 'none',
  retries: 1,
};

export const profiles: Readonly<Record<ProfileName, ExperimentInput>> = {
  // 12 trials of about 1.5 s before the first request; 375 measured requests are just enough for a p99 of one client.
  smoke: { name: 'smoke', replicas: '1,3', clients: '1,4', trials: 3, requests: 375, warmupRequests: 25 },
  quick: {
    name: 'quick',
    replicas: '1,3,5',
    clients: '1,4,16',
    trials: 3,
    requests: 500,
    warmupRequests: 50,
  },
  standard: {
    name: 'standard',
    replicas: '1-7x2',
    clients: '1-64*4',
    trials: 10,
    requests: 1000,
    warmupRequests: 100,
  },
  full: {
    name: 'full',
    replicas: '1-15x2',
    clients: '1-64*2',
    store: 'ram,disk',
    trials: 20,
    requests: 1000,
    warmupRequests: 100,
  },
};

export const defaults: ExperimentInput = { ...common, ...profiles.smoke };

export const papers: Readonly<Record<PaperName, ExperimentInput>> = {
  // Section 4 of the paper: containers, etcd, requests spread at random by the proxy. No warm-up, because its figures
  // include the election that the first requests wait for (leader timer 1 s, a constant of the workload). It ran each
  // scenario once; five trials give an interval.
  onset: {
    name: 'paper-onset',
    env: 'docker',
    workload: 'onset',
    sharedMemory: 'etcd',
    replicas: '1-15x2(odd)',
    clients: '1-64*2',
    store: 'ram,disk',
    balance: 'random',
    requests: 50,
    warmupRequests: 0,
    trials: 5,
  },
};
