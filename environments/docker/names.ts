/** Names and labels of what a run makes in the engine. `clean` finds everything by the label. */
import { createHash } from 'node:crypto';

/** On every container, network and volume; its value is the run id. */
export const runLabel = 'strata';

export function containerName(runId: string, trialId: string, node: string): string {
  return `strata-${runId}-${trialId}-${node}`;
}

export function networkName(runId: string): string {
  return `strata-${runId}`;
}

/** Link names have at most 15 letters. */
export function bridgeName(runId: string): string {
  return `strata${createHash('sha256').update(runId).digest('hex').slice(0, 9)}`;
}
