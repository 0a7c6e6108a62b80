/** What grouping records saves: the paper kept 15–25 % of its throughput at 3 replicas (Table 1, step 1→3). */
import { runCells, throughputs } from '../cells.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

function batchedOf(replicas: number, target: number): Measure {
  return {
    id: `batched-${replicas}-of-1`,
    target,
    direction: 'min',
    unit: 'ratio',
    what: `throughput of onset-batched at ${replicas} replicas over 1 replica, 64 clients, etcd in RAM, process`,
    measure: async (bench) => measureBatched(replicas, bench),
  };
}

async function measureBatched(replicas: number, bench: BenchScope) {
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
    },
    bench,
  );
  const [one, many] = [median(throughputs(records, 1)), median(throughputs(records, replicas))];
  const detail = `median of 3 trials: ${one.toFixed(0)}/s at 1 replica, ${many.toFixed(0)}/s at ${replicas}`;
  return { value: many / one, detail };
}

export const batchedMeasures = [batchedOf(3, 0.8), batchedOf(15, 0.5)];
