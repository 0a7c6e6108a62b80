/** The nodes of one trial: all containers created and started at once, and removed at once. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { RemoteNode } from '../command/remote-node.ts';
import type { NodeSpec, RunScope, StartedNodes, TrialScope } from '../environment.ts';
import { checkedName } from '../object-names.ts';
import { startTogether } from '../start-together.ts';
import { createContainer, removeContainer, startContainer } from './container.ts';
import { dockerNode } from './docker-node.ts';
import type { Engine } from './engine.ts';
import type { EngineImage } from './image.ts';
import { notRemoved } from './leftovers.ts';
import { containerName } from './names.ts';
import type { RunNetwork } from './network.ts';
import { addressIn, type Subnet } from '../network/subnet.ts';

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

/** The nodes of a trial in containers. */
export type StartedContainers = StartedNodes & { readonly nodes: readonly RemoteNode[] };

/** Containers on an engine that lives longer than the trial: each is removed. */
export async function startTrial(run: OpenRun, trial: TrialScope): Promise<StartedContainers> {
  trial.signal.throwIfAborted();
  checkedName('trial', trial.trialId);
  for (const spec of trial.nodes) checkedName('node', spec.name);
  const names = trial.nodes.map((spec) => containerName(run.scope.runId, trial.trialId, spec.name));
  return await startContainers(run, trial, () => removeContainers(run.engine, names));
}

/** Containers that end as `end` says, after nobody listens to them any more. */
export async function startContainers(
  run: OpenRun,
  trial: TrialScope,
  end: () => Promise<void>,
): Promise<StartedContainers> {
  return await startTogether({
    trial,
    startNode: (spec) => startNode(run, trial, spec),
    end: async (nodes) => {
      for (const node of nodes) node.close();
      await end();
    },
    started: run.started,
  });
}

async function startNode(run: OpenRun, trial: TrialScope, spec: NodeSpec): Promise<RemoteNode> {
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

async function removeContainers(engine: Engine, names: readonly string[]): Promise<void> {
  const outcomes = await Promise.allSettled(names.map((name) => removeContainer(engine, name)));
  const failures = outcomes.flatMap((outcome, index) =>
    outcome.status === 'rejected'
      ? [{ name: `container ${names[index] ?? ''}`, reason: outcome.reason as unknown }]
      : [],
  );
  if (failures.length > 0) throw notRemoved(failures);
}
