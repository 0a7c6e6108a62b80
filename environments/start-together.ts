/** What starting a trial's nodes has in common wherever they run: all at once, all or none, and gone at once. */
import type { Node, NodeSpec, StartedNodes, TrialScope } from './environment.ts';
import { endThenThrow, onceAtATime } from './teardown.ts';

export interface TrialStart<N extends Node> {
  readonly trial: TrialScope;
  readonly startNode: (spec: NodeSpec) => Promise<N>;
  /** Ends and removes everything of the trial, however far its start came. Tried again when it failed. */
  readonly end: (nodes: readonly N[]) => Promise<void>;
  /** Holds the trial from now until it has ended, for whoever closes the environment. */
  readonly started: Set<StartedNodes>;
}

/** When a start fails or the trial's signal has aborted, everything is ended and the first reason thrown. */
export async function startTogether<N extends Node>(
  start: TrialStart<N>,
): Promise<StartedNodes & { readonly nodes: readonly N[] }> {
  const { trial, startNode, end, started } = start;
  const starts = await Promise.allSettled(trial.nodes.map(startNode));
  const nodes = starts.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const trialNodes: StartedNodes & { readonly nodes: readonly N[] } = {
    nodes,
    [Symbol.asyncDispose]: onceAtATime(async () => {
      await end(nodes);
      started.delete(trialNodes);
    }),
  };
  started.add(trialNodes);
  try {
    trial.signal.throwIfAborted();
    for (const outcome of starts) if (outcome.status === 'rejected') throw outcome.reason;
    return trialNodes;
  } catch (error) {
    return await endThenThrow(error, () => trialNodes[Symbol.asyncDispose]());
  }
}
