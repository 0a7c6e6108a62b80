/** Runs many seeds and says how to replay the one that fails. */
import { simulate } from './simulate.ts';
import type { Outcome } from './simulate.ts';
import type { Rules } from '../rules.ts';
import type { Variant } from './scenario.ts';
import type { Seen } from './world.ts';

export interface Hunt {
  readonly variant: Variant;
  readonly replicas: number;
  readonly firstSeed: number;
  readonly seeds: number;
}

export interface Bag extends Seen {
  runs: number;
  answered: number;
  stalled: number;
}

/** All seeds with sound rules; throws for the first that violates one, with the command to replay it. */
export function huntAll({ variant, replicas, firstSeed, seeds }: Hunt): Bag {
  const bag: Bag = {
    runs: 0,
    answered: 0,
    stalled: 0,
    claims: 0,
    fencedOrders: 0,
    noOps: 0,
    installs: 0,
    crashes: 0,
  };
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const outcome = simulate(seed, variant, replicas);
    if (outcome.violation !== null) throw new Error(replayAdvice(outcome));
    collect(bag, outcome);
  }
  return bag;
}

/** The first seed at which broken rules are noticed; null when none is. */
export function firstCaught(
  { variant, replicas, firstSeed, seeds }: Hunt,
  rules: Rules,
): { seed: number; rule: string } | null {
  for (let seed = firstSeed; seed < firstSeed + seeds; seed += 1) {
    const { violation } = simulate(seed, variant, replicas, { rules });
    if (violation !== null) return { seed, rule: violation.rule };
  }
  return null;
}

/** `plain/3/1427` → one run, with its whole trace. */
export function replay(name: string): { outcome: Outcome; trace: string[] } {
  const [variant, replicas, seed] = name.split('/');
  if ((variant !== 'plain' && variant !== 'batched') || !Number(replicas) || !Number(seed)) {
    throw new Error(`STRATA_SIM_SEED=${name}: give plain or batched, replicas and seed, as in plain/3/1427`);
  }
  const trace: string[] = [];
  const outcome = simulate(Number(seed), variant, Number(replicas), { trace: (line) => trace.push(line) });
  return { outcome, trace };
}

export function replayAdvice({ scenario, violation }: Outcome): string {
  const { variant, replicas, seed } = scenario;
  const name = `${variant}/${replicas}/${seed}`;
  return [
    `${name} violates ${violation?.rule ?? 'nothing'}: ${violation?.text ?? ''}`,
    `Replay with its trace: STRATA_SIM_SEED=${name} npx vitest run --project unit workloads/onset/protocol/simulation/simulation.test.ts`,
  ].join('\n');
}

function collect(bag: Bag, { seen, answered, stalled }: Outcome): void {
  bag.runs += 1;
  bag.answered += answered;
  if (stalled) bag.stalled += 1;
  bag.claims += seen.claims;
  bag.fencedOrders += seen.fencedOrders;
  bag.noOps += seen.noOps;
  bag.installs += seen.installs;
  bag.crashes += seen.crashes;
}
