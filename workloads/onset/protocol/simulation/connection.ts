/** Between a replica and the shared memory: transactions that get lost or straggle, notifications, watches. */
import { selects } from '../../../shared-memory/keys.ts';
import type { MemoryEvent, Transaction, WatchBatch } from '../../../shared-memory/shared-memory.ts';
import type { ReplicaEvent } from '../messages.ts';
import { registersOf } from '../records.ts';
import type { Tag } from '../state.ts';
import { strikeOnSending } from './faults.ts';
import { take } from './hosts.ts';
import { heard } from './memory-model.ts';
import { describeTransaction } from './narration.ts';
import { troubleEndsMs } from './scenario.ts';
import { networkDelayMs, simulatedPrefix } from './world.ts';
import type { Host, World } from './world.ts';

/** What a replica had sent when it crashed may have left its machine or not. */
const diesWithWriterChance = 0.4;

export function send(world: World, host: Host, transaction: Transaction, tag: Tag): void {
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
  if (tag.kind === 'claim' && commit.succeeded) world.seen.claims += 1;
  if (tag.kind === 'order' && !commit.succeeded) world.seen.fencedOrders += 1;
  if (events.length > 0) {
    world.checker.applied(transaction, events);
    for (const watcher of world.hosts) {
      if (watcher.alive && watcher.watching) tell(world, watcher, commit.revision, events);
    }
  }
  return commit;
}

function tell(world: World, host: Host, revision: number, events: readonly MemoryEvent[]): void {
  const told = heard(events, host.attending, simulatedPrefix);
  if (told.length > 0) notify(world, host, { revision, events: told });
}

/** The registers are followed by a watch of their own, which begins with a look at them. */
export function attend(world: World, host: Host, attends: boolean): void {
  host.attending = false;
  if (!attends) return;
  world.agenda.after(networkDelayMs(world), () => {
    if (!host.alive || host.state.tenure === null) return;
    host.attending = true;
    const records = world.memory.everything().filter(({ key }) => selects(registersOf(simulatedPrefix), key));
    const revision = world.memory.revision();
    world.agenda.after(networkDelayMs(world), () => take(world, host, { kind: 'synced', revision, records }));
  });
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
export function deliverInbox(world: World, host: Host): void {
  const last = host.inbox.at(-1);
  if (!host.alive || host.paused || last === undefined) return;
  const batch = { revision: last.revision, events: host.inbox.flatMap(({ events }) => events) };
  host.inbox = [];
  take(world, host, { kind: 'watch', batch });
}

export function beginWatch(world: World, host: Host): void {
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
