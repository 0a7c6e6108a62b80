/** How the machines of a trial came up, for the record and for whoever watches. */
import { isBooted, type Node } from '../../environments/environment.ts';
import type { BootRecord, TrialRecord } from '../../results/store/records.ts';

/** Empty where nothing boots. */
export function bootRecords(nodes: readonly Node[]): readonly BootRecord[] {
  const machines = new Map(nodes.filter(isBooted).map((node) => [node.machine, node]));
  return [...machines].map(([machine, { bootTimeline, bootFailures }]) => ({
    node: machine,
    timeline: bootTimeline.map(({ name: event, atMs }) => ({ name: event, atMs })),
    failures: [...bootFailures],
  }));
}

/** A sentence for each machine that did not come up at once: a boot that hangs now and then is a finding. */
export function bootRetries({ trialId, boots }: Pick<TrialRecord, 'trialId' | 'boots'>): readonly string[] {
  return boots
    .filter(({ failures }) => failures.length > 0)
    .map(({ node, failures }) => `${trialId}: ${node} was booted again after ${failures.join('; then ')}`);
}
