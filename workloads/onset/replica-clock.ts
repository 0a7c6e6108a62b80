/** Times that replicas report, brought to the clock of the samples: a replica in a virtual machine has one of its own. */
import { exchangeTimes, mapClock, type Exchange } from '../clock-mapping.ts';
import { askClock, type ReplicaEndpoint } from './replica-client.ts';

/** Both clocks are counted from here, so that nanoseconds fit into numbers. */
const originHrtimeNs = process.hrtime.bigint();

/** How the replica's clock stands against the harness's at this moment. */
export async function compareClocks(replica: ReplicaEndpoint, signal: AbortSignal): Promise<Exchange> {
  return await exchangeTimes(
    () => sinceOrigin(process.hrtime.bigint()),
    async () => sinceOrigin(await askClock(replica, signal)),
  );
}

export interface ReplicaClock {
  /** From `process.hrtime` of the replica's node, as text, to nanoseconds of the samples' clock. */
  readonly toSamplesNs: (hrtimeNs: string) => number;
  /** How wrong such a time can be; 0 where replica and harness read one clock. */
  readonly uncertaintyNs: number;
}

/** @param epochHrtimeNs `process.hrtime` of the harness when the samples' clock was at zero */
export function replicaClock(before: Exchange, after: Exchange, epochHrtimeNs: bigint): ReplicaClock {
  const { toHarness, uncertaintyNs } = mapClock(before, after, 0);
  const epochNs = sinceOrigin(epochHrtimeNs);
  return {
    toSamplesNs: (hrtimeNs) => Math.round(toHarness(sinceOrigin(BigInt(hrtimeNs))) - epochNs),
    uncertaintyNs,
  };
}

function sinceOrigin(hrtimeNs: bigint): number {
  return Number(hrtimeNs - originHrtimeNs);
}
