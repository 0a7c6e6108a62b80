/** What a seed stands for: the size of the system, how bad its network is, and which faults strike when. */
import { toleratedCrashes } from '../config.ts';
import type { Tag } from '../state.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';

export type Variant = 'plain' | 'batched';

/** A crash strikes at a time, or right after the nth transaction of a kind was sent (`writer`: who sent it). */
export interface CrashFault {
  readonly kind: 'crash';
  readonly when: { readonly atMs: number } | { readonly sent: Tag['kind']; readonly nth: number };
  /** Used with `atMs`. */
  readonly replica: number;
  /** null = for good. */
  readonly restartAfterMs: number | null;
}

export interface StandstillFault {
  /** `pause`: the replica stands still, then takes everything it missed. `lostWatch`: must read everything anew. */
  readonly kind: 'pause' | 'lostWatch';
  readonly atMs: number;
  readonly replica: number;
  readonly forMs: number;
}

export interface Scenario {
  readonly seed: number;
  readonly variant: Variant;
  readonly replicas: number;
  readonly clients: number;
  readonly requestsPerClient: number;
  readonly thinkMs: number;
  readonly clientTimeoutMs: number;
  /** How likely a client that re-sends tries another replica; always when its own is down. */
  readonly moveChance: number;
  /** How likely a client disappears after sending a request. */
  readonly vanishChance: number;
  /** How likely a client goes down with the replica it is connected to. */
  readonly fallWithReplicaChance: number;
  readonly snapshotEvery: number;
  readonly maxInFlight: number;
  readonly network: NetworkFaults;
  readonly faults: readonly (CrashFault | StandstillFault)[];
  /** More replicas may die for good than the protocol tolerates. */
  readonly beyondTolerance: boolean;
}

export interface NetworkFaults {
  readonly typicalMs: number;
  readonly slowChance: number;
  readonly slowMs: number;
  /** Notifications overtake one another. */
  readonly reorders: boolean;
  readonly duplicateChance: number;
  /** The transaction never reaches the shared memory. */
  readonly loseChance: number;
  /** It is applied, the answer is lost. */
  readonly loseAnswerChance: number;
  /** It is reported as unknown and applied long after. */
  readonly stragglerChance: number;
}

/** Losses end here, so that liveness can be judged. */
export const troubleEndsMs = 6_000;

export function scenarioOf(seed: number, variant: Variant, replicas: number): Scenario {
  const random = seededRandom(Math.imul(seed, 0x9e3779b1) ^ (replicas * 2 + (variant === 'plain' ? 0 : 1)));
  const beyondTolerance = random.chance(0.06);
  return {
    seed,
    variant,
    replicas,
    clients: random.pick([1, 2, 2, 3, 3, 4, 7]),
    requestsPerClient: 2 + random.below(6),
    thinkMs: random.pick([1, 30, 300, 900]),
    clientTimeoutMs: random.pick([300, 700, 1500, 2500]),
    moveChance: random.pick([0, 0, 0.3, 0.9]),
    vanishChance: random.pick([0, 0, 0, 0.1]),
    fallWithReplicaChance: random.pick([0, 0, 0.5]),
    snapshotEvery: 1 + random.below(8),
    maxInFlight: 1 + random.below(6),
    network: networkOf(random),
    faults: [
      ...(random.chance(0.12) ? [] : faultsOf(random, replicas, beyondTolerance)),
      ...silenced(seed, variant),
    ],
    beyondTolerance,
  };
}

function networkOf(random: Random): NetworkFaults {
  const calm = random.chance(0.15);
  const upTo = (probability: number) => (calm || random.chance(0.3) ? 0 : random.next() * probability);
  return {
    typicalMs: random.pick([1, 5, 40]),
    slowChance: upTo(0.15),
    slowMs: random.pick([50, 400, 2500]),
    reorders: !calm && random.chance(0.6),
    duplicateChance: upTo(0.2),
    loseChance: upTo(0.1),
    loseAnswerChance: upTo(0.15),
    stragglerChance: upTo(0.1),
  };
}

const crashPoints: readonly [Tag['kind'], ...Tag['kind'][]] = [
  'order',
  'order',
  'claim',
  'claim',
  'snapshot',
  'candidacy',
  'count',
  'acknowledge',
  'arrival',
  'post',
];

function faultsOf(random: Random, replicas: number, beyond: boolean): (CrashFault | StandstillFault)[] {
  const faults: (CrashFault | StandstillFault)[] = [];
  const crashes = beyond ? toleratedCrashes(replicas) + 1 : random.below(toleratedCrashes(replicas) + 2);
  for (let count = 0; count < crashes; count += 1) faults.push(crashOf(random, replicas, beyond));
  for (let count = random.below(4); count > 0; count -= 1) {
    faults.push({
      kind: random.pick(['pause', 'pause', 'lostWatch']),
      atMs: random.between(0, troubleEndsMs),
      replica: random.below(replicas),
      forMs: random.pick([5, 200, 1200, 3000]),
    });
  }
  return faults;
}

/** A leader of the grouped variant that dies at its word that f+1 have an order. Takes nothing from the chance of the rest. */
function silenced(seed: number, variant: Variant): CrashFault[] {
  if (variant === 'plain' || seed % 5 !== 0) return [];
  return [
    {
      kind: 'crash',
      when: { sent: 'confirm', nth: 1 + (seed % 8) },
      replica: 0,
      restartAfterMs: seed % 2 === 0 ? null : 900,
    },
  ];
}

function crashOf(random: Random, replicas: number, beyond: boolean): CrashFault {
  return {
    kind: 'crash',
    when: random.chance(0.3)
      ? { atMs: random.between(0, troubleEndsMs) }
      : { sent: random.pick(crashPoints), nth: 1 + random.below(8) },
    replica: random.below(replicas),
    restartAfterMs: !beyond && random.chance(0.4) ? random.between(1, 2500) : null,
  };
}
