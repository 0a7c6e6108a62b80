/** Runs autocannon with one connection per client and hands each connection over as it is made. */
import autocannon from 'autocannon';
import type { AutocannonClient } from './autocannon-internals.ts';

/** As long as a Node timer can wait, less a little: the drive ends by its own count. */
const foreverS = 2_000_000;

/** autocannon notices that it was stopped on this tick only. */
const tickMs = 50;

export interface Connections extends AsyncDisposable {
  /** Destroys all connections at once: no answer comes after this. */
  readonly cut: () => void;
}

/**
 * Makes `count` connections, all before it returns; `onClient` sees each before it connects. Disposing it
 * cuts them and waits until autocannon has ended.
 */
export function openConnections(
  count: number,
  onClient: (client: AutocannonClient, index: number) => void,
): Connections {
  const clients: AutocannonClient[] = [];
  const run = autocannon({
    // Every client is sent to its own target by `takeOver`; autocannon only wants a valid address here.
    url: 'http://127.0.0.1',
    connections: count,
    pipelining: 1,
    duration: foreverS,
    sampleInt: tickMs,
    skipAggregateResult: true,
    setupClient: (made: unknown) => {
      const client = made as AutocannonClient;
      clients.push(client);
      onClient(client, clients.length - 1);
    },
  }) as unknown as Promise<unknown> & { stop: () => void };
  const cut = () => {
    for (const client of clients) client.destroy();
  };
  return {
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      run.stop();
      await run;
    },
  };
}
