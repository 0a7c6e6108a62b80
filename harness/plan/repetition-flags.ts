/** The vocabulary of repetition: how many trials a cell has, or what decides it. */
import type { ExperimentFlag } from './flag-table.ts';

export const repetitionFlags = [
  {
    key: 'trials',
    flag: 'trials',
    argument: '<n>',
    description:
      'Trials per cell; every trial runs in fresh nodes. auto: as many as the intervals need, see --precision',
    allowed: 'a whole number from 1 to 10000, or the word auto',
    example: '5',
  },
  {
    key: 'precision',
    flag: 'precision',
    argument: '<share>',
    description:
      'With --trials auto: blocks are run until the 95 % intervals of throughput, p50 and p95 of every cell reach at most this far from their mean',
    allowed: 'a percentage from 0.1% to 50%',
    example: '5%',
  },
  {
    key: 'maxTrials',
    flag: 'max-trials',
    argument: '<n>',
    description: 'With --trials auto: trials per cell after which the run ends, however wide the intervals',
    allowed: 'a whole number from 5 to 10000',
    example: '30',
  },
  {
    key: 'aa',
    flag: 'aa',
    argument: '',
    description:
      'A/A: every cell twice, under two labels that change nothing. Measures what the harness finds where there is nothing to find',
    allowed: 'on or off; as a flag without a value',
    example: 'on',
  },
] as const satisfies readonly ExperimentFlag[];
