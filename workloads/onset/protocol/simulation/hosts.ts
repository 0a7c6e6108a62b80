/** The simulated shell of a replica: feeds it events and carries out its effects. */
import { batchedReplica, plainReplica } from '../config.ts';
import type { Grouping, ReplicaConfig } from '../config.ts';
import type { ReplicaEffect, ReplicaEvent, TimerId } from '../messages.ts';
import { createReplica, step } from '../replica.ts';
import { attend, beginWatch, send } from './connection.ts';
import { describeEvent } from './narration.ts';
import { networkDelayMs, simulatedPrefix } from './world.ts';
import type { Host, World } from './world.ts';

/** A message to a replica from a client: lost when the replica is down. */
export function deliverToReplica(world: World, replica: number, event: ReplicaEvent): void {
  const host = world.hosts[replica];
  if (host !== undefined) take(world, host, event);
}

export function startHost(world: World, replica: number): void {
  const host: Host = {
    replica,
    state: createReplica(configOf(world, replica)),
    alive: true,
    paused: false,
    held: [],
    inbox: [],
    watch: 0,
    watching: false,
    attending: false,
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
    gatherRounds: [0, 1, 4, 50][scenario.seed % 4] ?? 0,
    ackDelayMs: 20,
    readMs: 200 + 800 * (scenario.seed % 2),
  };
  return batchedReplica(identity, { ...common, grouping });
}

export function take(world: World, host: Host, event: ReplicaEvent): void {
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
      nextTurn(host, effect.timer);
      break;
    case 'attend':
      attend(world, host, effect.attends);
      break;
    case 'compact':
      world.compactedTo = Math.max(world.compactedTo, effect.revision);
      break;
    case 'executed':
      if (effect.client === '') world.seen.noOps += 1;
      world.checker.executed(host.replica, effect);
      break;
    case 'installed':
      world.seen.installs += 1;
      break;
    case 'leadership':
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
  const turn = nextTurn(host, timer);
  world.agenda.after(ms, () => {
    if (host.timers.get(timer) === turn) take(world, host, { kind: 'timer', timer });
  });
}

/** What was started in an earlier turn can never pass for what is started in this one. */
function nextTurn(host: Host, timer: TimerId): number {
  const turn = (host.timers.get(timer) ?? 0) + 1;
  host.timers.set(timer, turn);
  return turn;
}
