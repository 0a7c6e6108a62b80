/** The nodes of one trial: all containers created and started at once, and removed at once. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { NodeSpec, RunScope, StartedNodes, TrialScope } from '../environment.ts';
import { checkedName } from '../object-names.ts';
import { createContainer, removeContainer, startContainer } from './container.ts';
import { dockerNode, type DockerNode } from './docker-node.ts';
import type { Engine } from './engine.ts';
import type { EngineImage } from './image.ts';
import { notRemoved } from './leftovers.ts';
import { containerName } from './names.ts';
import type { RunNetwork } from './network.ts';
import { addressIn, type Subnet } from './subnet.ts';

/** What the trials of an open environment share. */
export interface OpenRun {
  readonly engine: Engine;
  readonly scope: RunScope;
  readonly image: EngineImage;
  readonly network: RunNetwork;
  readonly nextAddress: () => string;
  readonly started: Set<StartedNodes>;
}

/** Addresses .2 to .254 in turn; .1 is the bridge. An address rests as long as it can before it is used again. */
export function addressCounter(subnet: Subnet): () => string {
  let given = 0;
  return () => {
    given += 1;
    return addressIn(subnet, 2 + ((given - 1) % 253));
  };
}

export async function startTrial(run: OpenRun, trial: TrialScope): Promise<StartedNodes> {
  trial.signal.throwIfAborted();
  checkedName('trial', trial.trialId);
  for (const spec of trial.nodes) checkedName('node', spec.name);
  const names = trial.nodes.map((spec) => containerName(run.scope.runId, trial.trialId, spec.name));
  const starts = await Promise.allSettled(trial.nodes.map((spec) => startNode(run, trial, spec)));
  const nodes = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const started: StartedNodes = {
    nodes,
    [Symbol.asyncDispose]: onceAtATime(async () => {
      await endTrial(run, nodes, names);
      run.started.delete(started);
    }),
  };
  run.started.add(started);
  try {
    trial.signal.throwIfAborted();
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    return started;
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
}

async function startNode(run: OpenRun, trial: TrialScope, spec: NodeSpec): Promise<DockerNode> {
  const { engine, scope, image, network } = run;
  const name = containerName(scope.runId, trial.trialId, spec.name);
  const logDir = path.join(scope.logDir, trial.trialId, spec.name);
  await mkdir(logDir, { recursive: true });
  const address = run.nextAddress();
  const container = await createContainer(engine, {
    ...{ runId: scope.runId, name, spec, address },
    imageId: image.id,
    networkName: network.name,
  });
  trial.signal.throwIfAborted();
  await startContainer(engine, container, name);
  return dockerNode({ spec, address, logDir, handle: { engine, container, node: spec.name } });
}

async function endTrial(run: OpenRun, nodes: readonly DockerNode[], names: readonly string[]): Promise<void> {
  for (const node of nodes) node.close();
  const outcomes = await Promise.allSettled(names.map((name) => removeContainer(run.engine, name)));
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected'
      ? [{ name: `container ${names[index] ?? ''}`, reason: outcome.reason as unknown }]
      : [],
  );
  if (failures.length > 0) throw notRemoved(failures);
}

/** Many callers, one teardown; a teardown that failed may be tried again. */
function onceAtATime(work: () => Promise<void>): () => Promise<void> {
  let ended: Promise<void> | undefined;
  return () => {
    ended ??= work().catch((error: unknown) => {
      ended = undefined;
      throw error;
    });
    return ended;
  };
}
