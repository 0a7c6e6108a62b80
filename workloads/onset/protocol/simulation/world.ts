/**
 * The simulated world of one run: replicas, the shared memory and virtual time. hosts.ts is the replicas' shell,
 * connection.ts their way to the shared memory, faults.ts what strikes them, clients.ts who asks, checker.ts who judges.
 */
import { toleratedCrashes } from '../config.ts';
import type { ReplicaEvent, TimerId } from '../messages.ts';
import type { Rules } from '../rules.ts';
import type { ReplicaState, Tag } from '../state.ts';
import type { WatchBatch } from '../../../shared-memory/shared-memory.ts';
import { emptyAgenda } from './agenda.ts';
import type { Agenda } from './agenda.ts';
import { createChecker } from './checker.ts';
import type { Checker } from './checker.ts';
import { scheduleFaults } from './faults.ts';
import { startHost } from './hosts.ts';
import { emptyMemory } from './memory-model.ts';
import type { MemoryModel } from './memory-model.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import { troubleEndsMs } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const simulatedPrefix = 'onset/';

/** One start of a replica; a restart is a new host, and what was meant for the old one is lost. */
export interface Host {
  readonly replica: number;
  readonly state: ReplicaState;
  alive: boolean;
  paused: boolean;
  /** Events that came while it was paused. */
  held: ReplicaEvent[];
  /** Notifications that were sent and not yet delivered, in order. */
  inbox: WatchBatch[];
  /** Grows when the watch is lost; 0 = not watching yet. */
  watch: number;
  watching: boolean;
  /** Is told of the registers, too. */
  attending: boolean;
  syncedAtMs: number;
  readonly timers: Map<TimerId, number>;
}

/** How often a run met what it is for. */
export interface Seen {
  claims: number;
  fencedOrders: number;
  noOps: number;
  installs: number;
  crashes: number;
}

export interface World {
  readonly scenario: Scenario;
  readonly random: Random;
  readonly agenda: Agenda;
  readonly memory: MemoryModel;
  readonly checker: Checker;
  readonly rules: Rules;
  readonly hosts: Host[];
  /** Per transaction kind: how many were sent. */
  readonly sent: Map<Tag['kind'], number>;
  crashed: number;
  compactedTo: number;
  starts: number;
  readonly answers: Map<string, (sequence: number) => void>;
  readonly seen: Seen;
  readonly trace: ((text: () => string) => void) | null;
}

export function createWorld(scenario: Scenario, rules: Rules, trace: ((line: string) => void) | null): World {
  const agenda = emptyAgenda();
  const quorum = toleratedCrashes(scenario.replicas) + 1;
  const world: World = {
    scenario,
    random: seededRandom(scenario.seed + 0x51ed27),
    agenda,
    memory: emptyMemory(),
    checker: createChecker(quorum, simulatedPrefix, agenda.nowMs),
    rules,
    hosts: [],
    sent: new Map(),
    crashed: 0,
    compactedTo: 0,
    starts: 0,
    answers: new Map(),
    seen: { claims: 0, fencedOrders: 0, noOps: 0, installs: 0, crashes: 0 },
    trace: trace === null ? null : (text) => trace(`${agenda.nowMs().toFixed(1).padStart(9)} ms  ${text()}`),
  };
  for (let replica = 0; replica < scenario.replicas; replica += 1) startHost(world, replica);
  scheduleFaults(world);
  return world;
}

export function networkDelayMs({ random, scenario, agenda }: World): number {
  const { network } = scenario;
  const slow = agenda.nowMs() < troubleEndsMs && random.chance(network.slowChance);
  return random.next() * (slow ? network.slowMs : network.typicalMs);
}
