/**
 * What sending batches to a peer costs the inserts beyond what the databases need for it. The databases' need is
 * measured with the same batches, byte for byte, sent to the same servers at the same rate by hand, while loops that
 * send nothing insert: it says how much such batches slow the inserts and how long one takes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createLink } from '../../../workloads/mysql/agent/link.ts';
import { batchPacket, rowFormat } from '../../../workloads/mysql/agent/packets.ts';
import type { Instance } from '../../../workloads/mysql/instances.ts';
import { deferred } from '../../foundation/deferred.ts';
import { driveOnce, inserterCell, insertsPerS, withInserters } from '../inserters.ts';
import { median, type BenchScope, type Measure } from '../ratio.ts';

const rounds = 5;
const aggregation = 100;
const instances = 2;

/** One loop each, which waits for its batches: with more, others would insert meanwhile and hide what they cost. */
const flags = {
  replicas: String(instances),
  clients: String(instances),
  requests: '10000',
  warmupRequests: '550',
};
const sending = inserterCell({ ...flags, mode: 'replicated', aggregation: String(aggregation) });
const alone = inserterCell({ ...flags, mode: 'baseline' });

export const mysqlPeerCost: Measure = {
  id: 'mysql-peer-cost',
  target: 0.02,
  direction: 'max',
  unit: 'share of throughput',
  what: `inserts lost to sending batches of ${aggregation} to one peer, beyond those lost to the same batches sent by hand`,
  async measure(bench) {
    const seen: { readonly looped: number; readonly needed: number }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      bench.say(`round ${round} of ${rounds}`);
      const looped = await withInserters(sending, bench, async (list) =>
        insertsPerS(await driveOnce(list, sending, bench)),
      );
      seen.push({ looped, needed: await neededPerS(looped / aggregation / instances, bench) });
    }
    const pairs = seen.map(({ looped, needed }) => `${looped.toFixed(0)}/${needed.toFixed(0)}`).join(', ');
    return {
      value: median(seen.map(({ looped, needed }) => 1 - looped / needed)),
      detail: `inserts per second of the loops/that the databases allow, ${rounds} rounds: ${pairs}`,
    };
  },
};

/** Inserts per second of loops that lose to their batches exactly what the databases take for them. */
async function neededPerS(batchesPerS: number, bench: BenchScope): Promise<number> {
  return await withInserters(alone, bench, async (list) => {
    const latenciesMs: number[] = [];
    const send = (over: AbortSignal) =>
      Promise.all(list.map((instance) => sendByHand(instance, batchesPerS, latenciesMs, over))).then(
        () => undefined,
      );
    const loopMs = (1000 * instances) / insertsPerS(await driveOnce(list, alone, bench, send));
    return (1000 * instances) / (loopMs + mean(latenciesMs) / aggregation);
  });
}

/** Batches to one database at a rate, each timed from sending to its answer. */
async function sendByHand(
  { database, index }: Instance,
  perS: number,
  latenciesMs: number[],
  over: AbortSignal,
): Promise<void> {
  const { signal } = new AbortController();
  const place = { host: database.host, port: database.port };
  const to = {
    name: database.name,
    place,
    credentials: database.credentials,
    requestTimeoutMs: 5_000,
    signal,
  };
  // A loop that no instance has.
  const of = { origin: instances - 1 - index, lane: 63, rows: aggregation, onIdleLoss: () => undefined };
  const link = createLink({ ...to, ...of });
  await link.open(5_000);
  const packet = batchPacket(rowFormat(sending.mysql?.stringLength ?? 0), 1, {
    firstSeq: 0,
    count: aggregation,
  });
  const startedMs = performance.now();
  for (let sent = 0; ; sent += 1) {
    const dueMs = startedMs + (1000 * sent) / perS;
    await sleep(Math.max(0, dueMs - performance.now()), undefined, { signal: over }).catch(() => undefined);
    if (over.aborted) return;
    const sentMs = performance.now();
    const answered = deferred<undefined>();
    link.insert(packet, (failure) =>
      failure === null ? answered.resolve(undefined) : answered.reject(failure.error),
    );
    await answered.promise;
    latenciesMs.push(performance.now() - sentMs);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
