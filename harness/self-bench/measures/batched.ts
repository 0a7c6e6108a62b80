/** What grouping records saves: the paper kept 15–25 % of its throughput at 3 replicas (Table 1, step 1→3). */
import { runCells, throughputs } from '../cells.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

interface Scaling {
  readonly replicas: number;
  readonly target: number;
  /** Of every node at either number of replicas; without it, more replicas also means less processor for each. */
  readonly cpus?: number;
}

function batchedOf(scaling: Scaling): Measure {
  const { replicas, target, cpus } = scaling;
  const share = cpus === undefined ? 'all nodes on the processors of this machine' : `${cpus} CPU a node`;
  return {
    id: `batched-${replicas}-of-1${cpus === undefined ? '' : '-equal-cpus'}`,
    target,
    direction: 'min',
    unit: 'ratio',
    what: `throughput of onset-batched at ${replicas} replicas over 1, 64 clients, etcd in RAM, process, ${share}`,
    measure: async (bench) => measureBatched(scaling, bench),
  };
}

async function measureBatched({ replicas, cpus }: Scaling, bench: BenchScope) {
  const records = await runCells(
    {
      env: 'process',
      workload: 'onset-batched',
      sharedMemory: 'etcd',
      replicas: `1,${replicas}`,
      clients: '64',
      trials: '3',
      requests: '400',
      // Each of n replicas serves 1/n of the requests: with few, n processes are measured that still compile.
      warmupRequests: '1200',
      ...(cpus === undefined ? {} : { limits: [`cpus=${cpus}`] }),
    },
    bench,
  );
  const [one, many] = [median(throughputs(records, 1)), median(throughputs(records, replicas))];
  const detail = `median of 3 trials: ${one.toFixed(0)}/s at 1 replica, ${many.toFixed(0)}/s at ${replicas}`;
  return { value: many / one, detail };
}

export const batchedMeasures = [
  batchedOf({ replicas: 3, target: 0.8 }),
  batchedOf({ replicas: 3, target: 0.8, cpus: 0.25 }),
  batchedOf({ replicas: 15, target: 0.5 }),
];
