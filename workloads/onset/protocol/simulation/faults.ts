/** Crashes, restarts, standstills and lost watches, as the scenario has them. */
import { toleratedCrashes } from '../config.ts';
import type { Tag } from '../state.ts';
import { beginWatch, deliverInbox } from './connection.ts';
import { startHost, take } from './hosts.ts';
import type { CrashFault } from './scenario.ts';
import type { Host, World } from './world.ts';

export function scheduleFaults(world: World): void {
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

export function strikeOnSending(world: World, host: Host, kind: Tag['kind']): void {
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
  world.seen.crashes += 1;
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
