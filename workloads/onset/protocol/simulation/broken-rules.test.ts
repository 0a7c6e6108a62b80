/** The hunt notices every rule that is broken: otherwise its silence would mean nothing. */
import { describe, expect, it } from 'vitest';
import { soundRules } from '../rules.ts';
import type { Rules } from '../rules.ts';
import { firstCaught } from './hunt.ts';
import type { Hunt } from './hunt.ts';

interface BrokenRule {
  readonly what: string;
  readonly rules: Partial<Rules>;
  readonly where: Pick<Hunt, 'variant' | 'replicas'>;
  readonly noticedAs: string;
}

const plain3 = { variant: 'plain', replicas: 3 } as const;
const plain5 = { variant: 'plain', replicas: 5 } as const;
const batched3 = { variant: 'batched', replicas: 3 } as const;
const batched5 = { variant: 'batched', replicas: 5 } as const;

const twice = { ordersOnce: false, executesOnce: false };
const hearsay = { rereadsElection: false };
const waiting = { passesDeadWinners: false };
const silent = { announcesWhenDeposed: false };
const acrossGaps = { acknowledgesContiguously: false };
const oneRequest = 'one-order-one-request';
const firstWins = 'first-candidate-wins';

const brokenRules: readonly BrokenRule[] = [
  { what: 'execution at f records', rules: { quorumOffset: -1 }, where: plain3, noticedAs: 'f+1-records' },
  { what: 'execution at f records', rules: { quorumOffset: -1 }, where: batched3, noticedAs: 'f+1-records' },
  { what: 'orders without a fence', rules: { fencesOrders: false }, where: plain5, noticedAs: oneRequest },
  { what: 'orders without a fence', rules: { fencesOrders: false }, where: batched5, noticedAs: oneRequest },
  { what: 'claims without a guard', rules: { guardsClaim: false }, where: plain3, noticedAs: 'epochs-grow' },
  {
    what: 'claims without a guard',
    rules: { guardsClaim: false },
    where: batched5,
    noticedAs: 'epochs-grow',
  },
  { what: 'gaps left open', rules: { fillsGaps: false }, where: plain3, noticedAs: 'liveness' },
  { what: 'gaps left open', rules: { fillsGaps: false }, where: batched5, noticedAs: 'liveness' },
  { what: 'gaps nobody waits on', rules: { watchesGaps: false }, where: plain5, noticedAs: 'liveness' },
  { what: 'requests ordered and executed twice', rules: twice, where: plain3, noticedAs: 'same-log' },
  { what: 'requests ordered and executed twice', rules: twice, where: batched3, noticedAs: 'same-log' },
  { what: 'an election counted from notifications', rules: hearsay, where: plain5, noticedAs: firstWins },
  { what: 'an election counted from notifications', rules: hearsay, where: batched5, noticedAs: firstWins },
  { what: 'elections that wait for a dead winner', rules: waiting, where: plain3, noticedAs: 'liveness' },
  { what: 'elections that wait for a dead winner', rules: waiting, where: batched5, noticedAs: 'liveness' },
  { what: 'requests a deposed leader keeps to itself', rules: silent, where: plain3, noticedAs: 'liveness' },
  {
    what: 'requests a deposed leader keeps to itself',
    rules: silent,
    where: batched5,
    noticedAs: 'liveness',
  },
  {
    what: 'snapshots that go back',
    rules: { fencesSnapshots: false },
    where: plain5,
    noticedAs: 'snapshots-grow',
  },
  {
    what: 'snapshots that delete nothing',
    rules: { deletesCovered: false },
    where: plain3,
    noticedAs: 'bounded-store',
  },
  {
    what: 'registers overwritten blindly',
    rules: { guardsPosts: false },
    where: batched3,
    noticedAs: 'all-execute',
  },
  {
    what: 'orders confirmed before f+1 hold them',
    rules: { confirmsExecuted: false },
    where: batched3,
    noticedAs: 'f+1-records',
  },
  {
    what: 'registers nobody reads',
    rules: { readsRegisters: false },
    where: batched3,
    noticedAs: 'liveness',
  },
  {
    what: 'acknowledgements across a gap',
    rules: acrossGaps,
    where: batched3,
    noticedAs: 'no-false-acknowledgement',
  },
];

describe('the hunt', () => {
  it.each(brokenRules)(
    'notices $what ($where.variant, $where.replicas replicas)',
    ({ where, rules, noticedAs }) => {
      const caught = firstCaught({ ...where, firstSeed: 1, seeds: 3_000 }, { ...soundRules, ...rules });
      expect(caught).toMatchObject({ rule: noticedAs });
    },
    60_000,
  );

  it.each([{ ordersOnce: false }, { executesOnce: false }])(
    'finds that one of the two guards of exactly-once is enough: %j',
    (rules) => {
      expect(firstCaught({ ...plain3, firstSeed: 1, seeds: 500 }, { ...soundRules, ...rules })).toBeNull();
    },
  );
});
