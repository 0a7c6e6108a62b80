/**
 * The hunt: tens of thousands of seeds. `STRATA_SIM_SEED=plain/3/1427` replays one and prints its trace;
 * `STRATA_SIM_FIRST=100000 STRATA_SIM_SEEDS=50000` hunts elsewhere and longer.
 */
import { describe, expect, it } from 'vitest';
import { huntAll, replay, replayAdvice } from './hunt.ts';
import type { Bag } from './hunt.ts';

const chosen = process.env['STRATA_SIM_SEED'];
const firstSeed = Number(process.env['STRATA_SIM_FIRST'] ?? 1);
const seeds = Number(process.env['STRATA_SIM_SEEDS'] ?? 7_000);
const deadlineMs = 60_000 + seeds * 20;

const systems = [
  { variant: 'plain', replicas: 1 },
  { variant: 'plain', replicas: 3 },
  { variant: 'plain', replicas: 5 },
  { variant: 'batched', replicas: 1 },
  { variant: 'batched', replicas: 3 },
  { variant: 'batched', replicas: 5 },
] as const;

// Without a chosen seed there is nothing to skip: a skipped test would count as a gap.
if (chosen !== undefined) {
  it(`keeps every rule with seed ${chosen}`, () => {
    const { outcome, trace } = replay(chosen);
    process.stderr.write(`${trace.join('\n')}\n`);
    expect(outcome.violation, replayAdvice(outcome)).toBeNull();
  });
}

describe.runIf(chosen === undefined)('whatever the network, the crashes and the standstills', () => {
  it.each(systems)(
    '$variant with $replicas replicas keeps every rule',
    (system) => {
      const bag = huntAll({ ...system, firstSeed, seeds });
      expect(bag.runs).toBe(seeds);
      expectItMetTrouble(bag, system.replicas);
    },
    deadlineMs,
  );

  it('gives the same run for the same seed', () => {
    expect(replay('plain/5/77').trace).toEqual(replay('plain/5/77').trace);
  });
});

/** A hunt that never sees a deposed leader's write fail would prove little. */
function expectItMetTrouble(bag: Bag, replicas: number): void {
  expect(bag.answered).toBeGreaterThan(bag.runs);
  expect(bag.claims).toBeGreaterThan(bag.runs);
  expect(bag.installs).toBeGreaterThan(0);
  expect(bag.crashes).toBeGreaterThan(0);
  expect(bag.fencedOrders).toBeGreaterThan(0);
  if (replicas > 1) expect(bag.noOps).toBeGreaterThan(0);
}
