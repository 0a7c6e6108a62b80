/**
 * The vocabulary of an experiment, in one table: key in the file, flag, variable, what is allowed. The schema, the
 * command line, the variables and every error message take their words from here.
 */
import { mysqlFlags } from './mysql-flags.ts';
import { repetitionFlags } from './repetition-flags.ts';

export interface ExperimentFlag {
  /** Key in the experiment file. */
  readonly key: string;
  /** Without the dashes; `STRATA_…` is the same in capitals. */
  readonly flag: string;
  /** Placeholder of the value, as commander writes it; empty for a flag that has none. */
  readonly argument: string;
  readonly description: string;
  /** What a value may be, completing the sentence "allowed: …". */
  readonly allowed: string;
  readonly example: string;
  /** May be given several times on one command line; the values form one list. */
  readonly repeatable?: true;
}

export const experimentFlags = [
  {
    key: 'name',
    flag: 'name',
    argument: '<text>',
    description: 'Name of the experiment, shown in summaries and reports',
    allowed: '1 to 64 characters without control characters',
    example: 'first-contact',
  },
  {
    key: 'env',
    flag: 'env',
    argument: '<list>',
    description: 'Environments the nodes run in',
    allowed: 'process, docker, docker-vm, vm, a list of them, or all',
    example: 'process,docker',
    repeatable: true,
  },
  {
    key: 'boot',
    flag: 'boot',
    argument: '<list>',
    description: 'How the machines of env docker-vm and vm come up',
    allowed: 'warm (woken from a prepared machine), cold (booted from nothing), or both as a list',
    example: 'warm,cold',
    repeatable: true,
  },
  {
    key: 'workload',
    flag: 'workload',
    argument: '<list>',
    description: 'Workloads to drive',
    allowed: 'onset, onset-batched, mysql, or a list of them',
    example: 'onset',
    repeatable: true,
  },
  {
    key: 'replicas',
    flag: 'replicas',
    argument: '<counts>',
    description: 'Replica counts to compare; ONSET has n = 2f+1, mysql as many instances as asked for',
    allowed: 'counts from 1 to 15, odd for ONSET: a number, a list 1,3,5 or a range 1-15x2(odd)',
    example: '1,3,5',
    repeatable: true,
  },
  {
    key: 'clients',
    flag: 'clients',
    argument: '<counts>',
    description:
      'Numbers of clients to compare: of ONSET connections, of mysql the insert loops of all instances together',
    allowed: 'counts from 1 to 64: a number, a list 1,4,16 or a range 1-8, 1-64*2',
    example: '1-64*2',
    repeatable: true,
  },
  {
    key: 'store',
    flag: 'store',
    argument: '<list>',
    description: 'Medium on which the shared memory, or each database, keeps its data',
    allowed: 'ram, disk, or both as a list',
    example: 'ram,disk',
    repeatable: true,
  },
  {
    key: 'sharedMemory',
    flag: 'shared-memory',
    argument: '<kind>',
    description:
      'Implementation of the shared memory. Default: embedded when only the process environment takes part and nothing asks for etcd',
    allowed: 'etcd or embedded',
    example: 'etcd',
  },
  ...repetitionFlags,
  {
    key: 'requests',
    flag: 'requests',
    argument: '<n>',
    description: 'Measured requests, or inserts, per client',
    allowed: 'a whole number from 1 to 10000000',
    example: '1000',
  },
  {
    key: 'warmupRequests',
    flag: 'warmup-requests',
    argument: '<n>',
    description: 'Requests per client before the measurement; stored, never counted',
    allowed: 'a whole number from 0 to 10000000',
    example: '100',
  },
  {
    key: 'seed',
    flag: 'seed',
    argument: '<n>',
    description: 'Seed of the order of trials and of everything random in them. Default: random, and printed',
    allowed: 'a whole number from 0 to 4294967295',
    example: '42',
  },
  {
    key: 'rate',
    flag: 'rate',
    argument: '<per-second>',
    description:
      'Offered requests per second of all clients of ONSET together (open loop). Default: closed loop',
    allowed: 'a number above 0 up to 1000000, such as 500 or 500/s, or the word closed',
    example: '500',
  },
  {
    key: 'balance',
    flag: 'balance',
    argument: '<way>',
    description: 'How connections are spread over the replicas',
    allowed: 'round-robin or random',
    example: 'random',
  },
  {
    key: 'mix',
    flag: 'mix',
    argument: '<weights>',
    description: 'Relative weights of the operations',
    allowed: 'weights from 0 to 1000000 of get, inc and dou, not all 0: get=1,inc=8,dou=1',
    example: 'get=1,inc=8,dou=1',
  },
  {
    key: 'requestTimeout',
    flag: 'request-timeout',
    argument: '<duration>',
    description: 'A client sends a request again, with the same id, after this long without an answer',
    allowed: 'a duration from 10ms to 10m, such as 500ms, 2s or 1m',
    example: '5s',
  },
  ...mysqlFlags,
  {
    key: 'limits',
    flag: 'limits',
    argument: '<limits>',
    description: 'CPU and memory limits of every node to compare; one value each time it is given',
    allowed:
      'cpus from 0.01 to 1024 and memory from 6MiB to 1024GiB: cpus=0.5,memory=512MiB, or the word none; several as a YAML list or by repeating the flag',
    example: 'cpus=0.5,memory=512MiB',
    repeatable: true,
  },
  {
    key: 'fault',
    flag: 'fault',
    argument: '<faults>',
    description: 'Faults to inject, by the time since the first measured request',
    allowed:
      'kill-replica@2s, pause-replica@2s+3s, kill-store@1s, kill-database@2s (of workload mysql; kill-database@2s+3s brings it back after 3s), a list of them, or the word none',
    example: 'kill-replica@2s',
    repeatable: true,
  },
  {
    key: 'thresholds',
    flag: 'threshold',
    argument: '<rules>',
    description: 'What every cell must meet, else exit code 10',
    allowed:
      'metric<value or metric>value, or a list of them, or the word none; metrics: mean, min, p50, p90, p95, p99, p999, max (p99<20ms) and throughput (throughput>100/s)',
    example: 'p99<20ms',
    repeatable: true,
  },
  {
    key: 'hypotheses',
    flag: 'hypothesis',
    argument: '<claims>',
    description: 'What is claimed before the first trial and judged after the last one',
    allowed:
      'metric of arm <= 1.2 x arm (also >=, != for differs, = arm within 1.05), throughput of steps >= 0.8, arm completes, each with "in each" behind it for every pair by itself; arms such as docker or store=ram,replicas=3|5; several by repeating the flag, as a YAML list (long form: id, metric, claim, treatment, baseline, margin, alpha, family, role, pairing, scope) or set apart by semicolons, or the word none',
    example: 'p99 of docker <= 1.2 x process',
    repeatable: true,
  },
  {
    key: 'retries',
    flag: 'retries',
    argument: '<n>',
    description: 'How often a failed trial is tried again; each attempt is recorded',
    allowed: 'a whole number from 0 to 10',
    example: '1',
  },
  {
    key: 'profile',
    flag: 'profile',
    argument: '<name>',
    description: 'A ready-made experiment by size',
    allowed: 'smoke, quick, standard or full',
    example: 'quick',
  },
  {
    key: 'paper',
    flag: 'paper',
    argument: '<name>',
    description: "A ready-made experiment: the sweep of one of the papers' figures",
    allowed: 'onset or containers-vs-vms',
    example: 'onset',
  },
] as const satisfies readonly ExperimentFlag[];
