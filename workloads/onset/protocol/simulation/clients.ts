/** Closed-loop clients: one request at a time, re-sent under the same sequence number until it is answered. */
import { clientCommands } from '../counter.ts';
import { deliverToReplica, networkDelayMs } from './world.ts';
import type { World } from './world.ts';

export interface Clients {
  readonly allAnswered: () => boolean;
  readonly answered: () => number;
  readonly unanswered: () => readonly string[];
}

export function startClients(world: World): Clients {
  const { scenario, random, agenda, answers, checker } = world;
  const waiting = new Map<string, number>();
  let answered = 0;
  const total = scenario.clients * scenario.requestsPerClient;

  const startClient = (client: string) => {
    let remaining = scenario.requestsPerClient;
    let sequence = 0;
    let replica = random.below(scenario.replicas);
    const next = () => {
      if (remaining === 0) return;
      remaining -= 1;
      sequence += random.chance(0.1) ? 1 + random.below(3) : 1;
      const command = random.pick(clientCommands);
      waiting.set(client, sequence);
      checker.sent(client, sequence);
      send(sequence, command);
    };
    const send = (current: number, command: (typeof clientCommands)[number]) => {
      if (waiting.get(client) !== current) return;
      const target = replica;
      world.trace?.(() => `client ${client} sends ${command} #${current} to ${target}`);
      agenda.after(networkDelayMs(world), () => {
        deliverToReplica(world, target, { kind: 'request', client, sequence: current, command });
      });
      agenda.after(scenario.clientTimeoutMs, () => {
        if (waiting.get(client) === current && random.chance(0.8)) replica = random.below(scenario.replicas);
        send(current, command);
      });
    };
    answers.set(client, (current) => {
      if (waiting.get(client) !== current) return;
      waiting.delete(client);
      answered += 1;
      agenda.after(random.next() * scenario.thinkMs, next);
    });
    agenda.after(random.next() * scenario.thinkMs, next);
  };

  for (let index = 0; index < scenario.clients; index += 1) startClient(`c${index}`);
  return {
    allAnswered: () => answered === total,
    answered: () => answered,
    unanswered: () => [...waiting].map(([client, sequence]) => `${client}#${sequence}`),
  };
}
