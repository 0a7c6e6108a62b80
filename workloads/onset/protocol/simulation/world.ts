/**
 * The simulated shell: replicas, their connection to the shared memory and their watches, under virtual time and a
 * scenario's faults. Clients live in clients.ts, judgement in checker.ts.
 */
import { batchedReplica, plainReplica, toleratedCrashes } from '../config.ts';
import type { Grouping, ReplicaConfig } from '../config.ts';
import type { ReplicaEffect, ReplicaEvent, TimerId } from '../messages.ts';
import { createReplica, step } from '../replica.ts';
import type { Rules } from '../rules.ts';
import type { ReplicaState, Tag } from '../state.ts';
import type { Transaction, WatchBatch } from '../../../shared-memory/shared-memory.ts';
import { emptyAgenda } from './agenda.ts';
import type { Agenda } from './agenda.ts';
import { createChecker } from './checker.ts';
import type { Checker } from './checker.ts';
import { emptyMemory } from './memory-model.ts';
import type { MemoryModel } from './memory-model.ts';
import { seededRandom } from './random.ts';
import type { Random } from './random.ts';
import type { CrashFault, Scenario } from './scenario.ts';
import { troubleEndsMs } from './scenario.ts';

export const simulatedPrefix = 'onset/';

/** What a replica had sent when it crashed may have left its machine or not. */
const diesWithWriterChance = 0.4;

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
  syncedAtMs: number;
  readonly timers: Map<TimerId, number>;
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
    trace: trace === null ? null : (text) => trace(`${agenda.nowMs().toFixed(1).padStart(9)} ms  ${text()}`),
  };
  for (let replica = 0; replica < scenario.replicas; replica += 1) startHost(world, replica);
  scheduleFaults(world);
  return world;
}

/** A message to a replica from a client: lost when the replica is down. */
export function deliverToReplica(world: World, replica: number, event: ReplicaEvent): void {
  const host = world.hosts[replica];
  if (host !== undefined) take(world, host, event);
}

export function networkDelayMs({ random, scenario, agenda }: World): number {
  const { network } = scenario;
  const slow = agenda.nowMs() < troubleEndsMs && random.chance(network.slowChance);
  return random.next() * (slow ? network.slowMs : network.typicalMs);
}

function startHost(world: World, replica: number): void {
  const host: Host = {
    replica,
    state: createReplica(configOf(world, replica)),
    alive: true,
    paused: false,
    held: [],
    inbox: [],
    watch: 0,
    watching: false,
    syncedAtMs: 0,
    timers: new Map(),
  };
  world.hosts[replica] = host;
  beginWatch(world, host);
}

function configOf({ scenario, rules, starts }: World, replica: number): ReplicaConfig {
  const { replicas, snapshotEvery, maxInFlight } = scenario;
  const identity = { replica, replicas, incarnation: String(starts) };
  const common = { snapshotEvery, maxInFlight, rules, reportExecutions: true, prefix: simulatedPrefix };
  if (scenario.variant === 'plain') return plainReplica(identity, common);
  const grouping: Grouping = {
    maxRequestsPerRecord: 1 + (scenario.seed % 5),
    maxOrdersInFlight: 1 + (scenario.seed % 3),
    orderLingerMs: scenario.seed % 2,
    arrivalLingerMs: scenario.seed % 4,
    ackLingerMs: scenario.seed % 7 === 0 ? 3 : 0,
    ackDelayMs: 20,
  };
  return batchedReplica(identity, { ...common, grouping });
}

function take(world: World, host: Host, event: ReplicaEvent): void {
  if (!host.alive) return;
  if (host.paused) {
    host.held.push(event);
    return;
  }
  world.trace?.(() => `replica ${host.replica} takes ${describeEvent(event)}`);
  try {
    for (const effect of step(host.state, event, world.agenda.nowMs())) perform(world, host, effect);
  } catch (error) {
    world.checker.fail(
      'no-exception',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
    host.alive = false;
  }
}

function perform(world: World, host: Host, effect: ReplicaEffect): void {
  if (effect.kind !== 'commit') {
    world.trace?.(() => `replica ${host.replica}   → ${JSON.stringify(effect)}`);
  }
  switch (effect.kind) {
    case 'commit':
      send(world, host, effect.transaction, effect.tag);
      break;
    case 'answer':
      answer(world, host, effect);
      break;
    case 'superseded':
      world.checker.superseded(effect.client, effect.sequence);
      break;
    case 'setTimer':
      startTimer(world, host, effect.timer, effect.ms);
      break;
    case 'cancelTimer':
      host.timers.delete(effect.timer);
      break;
    case 'compact':
      world.compactedTo = Math.max(world.compactedTo, effect.revision);
      break;
    case 'executed':
      world.checker.executed(host.replica, effect);
      break;
    case 'leadership':
    case 'installed':
  }
}

function answer(world: World, host: Host, effect: Extract<ReplicaEffect, { kind: 'answer' }>): void {
  const { client, sequence, result, order } = effect;
  world.agenda.after(networkDelayMs(world), () => {
    world.trace?.(
      () => `client ${client} hears ${result} for #${sequence} (order ${order}) from ${host.replica}`,
    );
    world.checker.answered(client, sequence, result, order);
    world.answers.get(client)?.(sequence);
  });
}

function startTimer(world: World, host: Host, timer: TimerId, ms: number): void {
  const turn = (host.timers.get(timer) ?? 0) + 1;
  host.timers.set(timer, turn);
  world.agenda.after(ms, () => {
    if (host.timers.get(timer) === turn) take(world, host, { kind: 'timer', timer });
  });
}

function send(world: World, host: Host, transaction: Transaction, tag: Tag): void {
  const { network } = world.scenario;
  const { random, agenda } = world;
  world.trace?.(() => `replica ${host.replica}   → commit ${tag.kind} ${describeTransaction(transaction)}`);
  const trouble = agenda.nowMs() < troubleEndsMs;
  const report = (event: ReplicaEvent) => agenda.after(networkDelayMs(world), () => take(world, host, event));
  const lost = trouble && random.chance(network.loseChance);
  const straggles = trouble && random.chance(network.stragglerChance);
  const answerLost = trouble && random.chance(network.loseAnswerChance);
  if (lost || straggles) report({ kind: 'unknown', tag });
  if (!lost) {
    const delayMs = networkDelayMs(world) + (straggles ? random.between(0, 3000) : 0);
    agenda.after(delayMs, () => {
      if (!host.alive && random.chance(diesWithWriterChance)) return;
      const commit = apply(world, host, transaction, tag);
      if (!straggles) report(answerLost ? { kind: 'unknown', tag } : { kind: 'committed', tag, commit });
    });
  }
  strikeOnSending(world, host, tag.kind);
}

function apply(world: World, host: Host, transaction: Transaction, tag: Tag) {
  const { commit, events } = world.memory.apply(transaction);
  world.trace?.(
    () =>
      `  memory: ${tag.kind} of ${host.replica} ${commit.succeeded ? 'holds' : 'fails'}, revision ${commit.revision}`,
  );
  if (events.length > 0) {
    world.checker.applied(transaction, events);
    const batch = { revision: commit.revision, events };
    for (const watcher of world.hosts) if (watcher.alive && watcher.watching) notify(world, watcher, batch);
  }
  return commit;
}

function notify(world: World, host: Host, batch: WatchBatch): void {
  const { random, agenda, scenario } = world;
  const { watch } = host;
  const delayMs = Math.max(networkDelayMs(world), host.syncedAtMs - agenda.nowMs());
  if (scenario.network.reorders) {
    const deliver = () => {
      if (host.watch === watch) take(world, host, { kind: 'watch', batch });
    };
    agenda.after(delayMs, deliver);
    if (random.chance(scenario.network.duplicateChance))
      agenda.after(delayMs + networkDelayMs(world), deliver);
    return;
  }
  host.inbox.push(batch);
  agenda.after(delayMs, () => {
    if (host.watch === watch) deliverInbox(world, host);
  });
}

/** In order, several revisions in one batch, as the contract has it. */
function deliverInbox(world: World, host: Host): void {
  const last = host.inbox.at(-1);
  if (!host.alive || host.paused || last === undefined) return;
  const batch = { revision: last.revision, events: host.inbox.flatMap(({ events }) => events) };
  host.inbox = [];
  take(world, host, { kind: 'watch', batch });
}

function beginWatch(world: World, host: Host): void {
  host.watch += 1;
  host.inbox = [];
  host.watching = false;
  world.agenda.after(networkDelayMs(world), () => {
    if (!host.alive) return;
    const records = world.memory.everything();
    const revision = world.memory.revision();
    host.watching = true;
    const delayMs = networkDelayMs(world);
    host.syncedAtMs = world.scenario.network.reorders ? 0 : world.agenda.nowMs() + delayMs;
    world.agenda.after(delayMs, () => take(world, host, { kind: 'synced', revision, records }));
  });
}

function scheduleFaults(world: World): void {
  for (const fault of world.scenario.faults) {
    if (fault.kind === 'crash') {
      if ('atMs' in fault.when) {
        world.agenda.after(fault.when.atMs, () => {
          crash(world, world.hosts[fault.replica], fault);
        });
      }
    } else {
      const strike = fault.kind === 'pause' ? pause : loseWatch;
      world.agenda.after(fault.atMs, () => {
        strike(world, world.hosts[fault.replica], fault.forMs);
      });
    }
  }
}

function strikeOnSending(world: World, host: Host, kind: Tag['kind']): void {
  const count = (world.sent.get(kind) ?? 0) + 1;
  world.sent.set(kind, count);
  for (const fault of world.scenario.faults) {
    if (fault.kind !== 'crash' || !('sent' in fault.when)) continue;
    if (fault.when.sent === kind && fault.when.nth === count) crash(world, host, fault);
  }
}

function crash(world: World, host: Host | undefined, { restartAfterMs }: CrashFault): void {
  const limit = toleratedCrashes(world.scenario.replicas) + (world.scenario.beyondTolerance ? 1 : 0);
  if (host === undefined || !host.alive || (restartAfterMs === null && world.crashed >= limit)) return;
  host.alive = false;
  world.trace?.(() => `replica ${host.replica} crashes`);
  if (restartAfterMs === null) {
    world.crashed += 1;
    return;
  }
  world.agenda.after(restartAfterMs, () => {
    world.starts += 1;
    world.trace?.(() => `replica ${host.replica} starts anew`);
    startHost(world, host.replica);
  });
}

function pause(world: World, host: Host | undefined, forMs: number): void {
  if (host === undefined || !host.alive || host.paused) return;
  host.paused = true;
  world.trace?.(() => `replica ${host.replica} stands still for ${forMs} ms`);
  const revision = world.memory.revision();
  world.agenda.after(forMs, () => {
    host.paused = false;
    world.trace?.(() => `replica ${host.replica} goes on`);
    const held = host.held.sort(() => world.random.next() - 0.5);
    host.held = [];
    const compacted = world.compactedTo > revision;
    if (compacted) beginWatch(world, host);
    for (const event of held) if (!compacted || event.kind !== 'watch') take(world, host, event);
    if (!compacted) deliverInbox(world, host);
  });
}

function loseWatch(world: World, host: Host | undefined, forMs: number): void {
  if (host === undefined || !host.alive) return;
  host.watch += 1;
  host.watching = false;
  host.inbox = [];
  world.trace?.(() => `replica ${host.replica} loses its watch for ${forMs} ms`);
  world.agenda.after(forMs, () => {
    if (host.alive) beginWatch(world, host);
  });
}

function describeEvent(event: ReplicaEvent): string {
  if (event.kind === 'watch') return `watch ${describeBatch(event.batch)}`;
  if (event.kind === 'committed')
    return `committed ${event.tag.kind} ${event.commit.succeeded ? 'held' : 'failed'} at ${event.commit.revision}`;
  if (event.kind === 'unknown') return `unknown ${event.tag.kind}`;
  if (event.kind === 'synced') return `synced at ${event.revision}, ${event.records.length} records`;
  return JSON.stringify(event);
}

function describeBatch(batch: WatchBatch): string {
  const keys = batch.events.map((event) => (event.kind === 'put' ? `+${event.record.key}` : `-${event.key}`));
  return `@${batch.revision} ${keys.join(' ')}`;
}

function describeTransaction({ success }: Transaction): string {
  const words = success.map((operation) => {
    if (operation.op === 'put') return `${operation.key}=${operation.value}`;
    const { select } = operation;
    const range = 'key' in select ? select.key : 'prefix' in select ? `${select.prefix}*` : `${select.from}…`;
    return `${operation.op} ${range}`;
  });
  return words.join('; ');
}
