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
  /** Start here when the trouble is rare. */
  readonly firstSeed?: number;
}

const plain3 = { variant: 'plain', replicas: 3 } as const;
const plain5 = { variant: 'plain', replicas: 5 } as const;
const batched3 = { variant: 'batched', replicas: 3 } as const;
const batched5 = { variant: 'batched', replicas: 5 } as const;

const brokenRules: readonly BrokenRule[] = [
  { what: 'f records', rules: { quorumOffset: -1 }, where: plain3, noticedAs: 'f+1-records' },
  { what: 'f records', rules: { quorumOffset: -1 }, where: batched3, noticedAs: 'f+1-records' },
];

describe('the simulation', () => {
  it.each(brokenRules)('notices $what ($where.variant, $where.replicas)', (broken) => {
    const hunt = { ...broken.where, firstSeed: broken.firstSeed ?? 1, seeds: 3_000 };
    expect(firstCaught(hunt, { ...soundRules, ...broken.rules })).toMatchObject({ rule: broken.noticedAs });
  });
});
