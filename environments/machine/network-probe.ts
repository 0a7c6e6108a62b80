/** Whether machines can be connected here, found out by connecting one that is not there. */
import { randomBytes } from 'node:crypto';
import { registerLiveRun } from '../live-runs.ts';
import { usualNetwork } from './machine-network.ts';

/** Opens the network that runs of this user get, with a place for one machine; gives its description. E307, E340–E348. */
export async function probeMachineNetwork(signal: AbortSignal): Promise<string> {
  const runId = `network-${randomBytes(4).toString('hex')}`;
  await using _live = await registerLiveRun(runId);
  await using network = await usualNetwork()(runId, signal);
  await using _place = await network.attach(1, signal);
  return network.description;
}
