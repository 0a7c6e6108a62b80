/** Closed-loop clients: one request at a time, re-sent under the same sequence number until it is answered. */
import { clientCommands } from '../counter.ts';
import type { ClientCommand } from '../counter.ts';
import { deliverToReplica } from './hosts.ts';
import { networkDelayMs } from './world.ts';
import type { World } from './world.ts';

export interface Clients {
  readonly allAnswered: () => boolean;
  readonly answered: () => number;
  /** Requests whose client went away. */
  readonly abandoned: () => number;
  readonly unanswered: () => readonly string[];
}

interface Client {
  readonly name: string;
  remaining: number;
  sequence: number;
  replica: number;
  waiting: boolean;
}

interface Totals {
  finished: number;
  answered: number;
  abandoned: number;
}

export function startClients(world: World): Clients {
  const { scenario, random, agenda, answers } = world;
  const totals: Totals = { finished: 0, answered: 0, abandoned: 0 };
  const clients: Client[] = [];
  for (let index = 0; index < scenario.clients; index += 1) {
    const replica = random.below(scenario.replicas);
    const client = {
      name: `c${index}`,
      remaining: scenario.requestsPerClient,
      sequence: 0,
      replica,
      waiting: false,
    };
    clients.push(client);
    answers.set(client.name, (sequence) => {
      hear(world, totals, client, sequence);
    });
    agenda.after(random.next() * scenario.thinkMs, () => {
      next(world, totals, client);
    });
  }
  return {
    allAnswered: () => totals.finished === clients.length,
    answered: () => totals.answered,
    abandoned: () => totals.abandoned,
    unanswered: () =>
      clients.filter(({ waiting }) => waiting).map(({ name, sequence }) => `${name}#${sequence}`),
  };
}

function next(world: World, totals: Totals, client: Client): void {
  const { random, checker, scenario } = world;
  if (client.remaining === 0) {
    totals.finished += 1;
    return;
  }
  client.remaining -= 1;
  client.sequence += random.chance(0.1) ? 1 + random.below(3) : 1;
  client.waiting = true;
  const vanishes = random.chance(scenario.vanishChance);
  checker.sent(client.name, client.sequence);
  send(world, totals, client, random.pick(clientCommands));
  if (vanishes) vanish(world, totals, client);
}

function vanish(world: World, totals: Totals, client: Client): void {
  world.trace?.(() => `client ${client.name} goes away`);
  client.waiting = false;
  totals.abandoned += 1;
  totals.finished += 1;
}

function hear(world: World, totals: Totals, client: Client, sequence: number): void {
  if (!client.waiting || client.sequence !== sequence) return;
  client.waiting = false;
  totals.answered += 1;
  world.agenda.after(world.random.next() * world.scenario.thinkMs, () => {
    next(world, totals, client);
  });
}

function send(world: World, totals: Totals, client: Client, command: ClientCommand): void {
  const { random, agenda, scenario, hosts } = world;
  const { replica, name, sequence } = client;
  world.trace?.(() => `client ${name} sends ${command} #${sequence} to ${replica}`);
  agenda.after(networkDelayMs(world), () => {
    deliverToReplica(world, replica, { kind: 'request', client: name, sequence, command });
  });
  agenda.after(scenario.clientTimeoutMs, () => {
    if (!client.waiting || client.sequence !== sequence) return;
    const down = hosts[client.replica]?.alive !== true;
    if (down && random.chance(scenario.fallWithReplicaChance)) {
      vanish(world, totals, client);
      return;
    }
    if (down || random.chance(scenario.moveChance)) client.replica = random.below(scenario.replicas);
    send(world, totals, client, command);
  });
}
