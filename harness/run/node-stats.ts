/** Samples what the nodes use while a workload is driven: once at the start, every interval, once at the end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../../environments/environment.ts';
import type { NodeStatsRecord } from '../../results/store/records.ts';

const intervalMs = 2_000;

/** Disposing it ends the sampling of a drive that came to no end. */
export interface StatsSampling extends Disposable {
  /** Takes the last reading and ends. Times are relative to `epochHrtimeNs`. */
  finish(epochHrtimeNs: bigint): Promise<readonly NodeStatsRecord[]>;
}

interface Reading extends Omit<NodeStatsRecord, 'atNs'> {
  readonly hrtimeNs: bigint;
}

export function sampleNodeStats(nodes: readonly Node[], isDead: (name: string) => boolean): StatsSampling {
  const controller = new AbortController();
  const readings: Reading[] = [];
  const readAll = async () => {
    const alive = nodes.filter(({ name }) => !isDead(name));
    readings.push(...(await Promise.all(alive.map(readNode))).filter((reading) => reading !== undefined));
  };
  const sampling = (async () => {
    for (;;) {
      await readAll();
      await sleep(intervalMs, undefined, { signal: controller.signal });
    }
  })().catch(() => undefined); // ends by abort; a reading that failed is missing, and seen to be missing
  return {
    async finish(epochHrtimeNs) {
      controller.abort();
      await sampling;
      await readAll();
      return readings.map(({ hrtimeNs, ...reading }) => ({
        ...reading,
        atNs: Number(hrtimeNs - epochHrtimeNs),
      }));
    },
    [Symbol.dispose]: () => controller.abort(),
  };
}

/** A node that dies under our hands has no reading: that is not a failure of the trial. */
async function readNode(node: Node): Promise<Reading | undefined> {
  try {
    const stats = await node.stats();
    return { node: node.name, hrtimeNs: process.hrtime.bigint(), ...stats };
  } catch {
    return undefined;
  }
}
