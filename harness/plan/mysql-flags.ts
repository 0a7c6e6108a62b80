/** The vocabulary of workload mysql: keys that only its cells have. The symbols are those of paper `containers-vs-vms`. */
import type { ExperimentFlag } from './flag-table.ts';

export const mysqlFlags = [
  {
    key: 'engine',
    flag: 'engine',
    argument: '<name>',
    description: 'Workload mysql: database server of every instance; mysql must be installed on the nodes',
    allowed: 'mariadb or mysql (8 or newer)',
    example: 'mysql',
  },
  {
    key: 'insertsPerMinute',
    flag: 'inserts-per-minute',
    argument: '<counts>',
    description: 'Workload mysql: inserts per minute of each instance (D in the paper), over all its loops',
    allowed:
      'whole numbers from 1 to 60000000, or max (the same as 0) for as fast as possible: one, a list 600,6000,max or a range 60-6000*10',
    example: '600,6000,max',
    repeatable: true,
  },
  {
    key: 'aggregation',
    flag: 'aggregation',
    argument: '<counts>',
    description:
      'Workload mysql: local inserts of a loop after which each other instance is sent them at once (AG in the paper)',
    allowed: 'counts from 1 to 10000: a number, a list 1,10,100 or a range 1-1000*10',
    example: '10,100',
    repeatable: true,
  },
  {
    key: 'stringLength',
    flag: 'string-length',
    argument: '<counts>',
    description: 'Workload mysql: letters of the random string in each tuple',
    allowed: 'counts from 1 to 16000: a number, a list 32,1024 or a range 32-8192*4',
    example: '32,1024',
    repeatable: true,
  },
  {
    key: 'durability',
    flag: 'durability',
    argument: '<list>',
    description: 'Workload mysql: innodb_flush_log_at_trx_commit of every server',
    allowed:
      '0 (log written and flushed once a second), 1 (flushed at every commit), 2 (written at every commit), or a list of them',
    example: '1,2',
    repeatable: true,
  },
  {
    key: 'mode',
    flag: 'mode',
    argument: '<list>',
    description: 'Workload mysql: whether inserts are sent to the other instances',
    allowed: 'replicated, baseline (local inserts only), or both as a list',
    example: 'replicated,baseline',
    repeatable: true,
  },
  {
    key: 'delivery',
    flag: 'delivery',
    argument: '<list>',
    description: 'Workload mysql: how a batch reaches the other instances',
    allowed: 'sequential (one after the other, as in the paper), parallel, or both as a list',
    example: 'sequential,parallel',
    repeatable: true,
  },
  {
    key: 'nameResolution',
    flag: 'name-resolution',
    argument: '<list>',
    description: 'Workload mysql: whether the servers look up the names of those who connect',
    allowed: 'off, on, or both as a list',
    example: 'off,on',
    repeatable: true,
  },
  {
    key: 'onPeerLoss',
    flag: 'on-peer-loss',
    argument: '<way>',
    description: "Workload mysql: what a loop does when another instance's database cannot be reached",
    allowed:
      'fail (the trial fails), retry (until it is back) or drop-and-report (go on and say exactly what is lost)',
    example: 'retry',
  },
] as const satisfies readonly ExperimentFlag[];
