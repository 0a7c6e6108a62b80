/** A node of the docker environment: one container. */
import { remoteNode, type RemoteNode } from '../command/remote-node.ts';
import type { NodeSpec, NodeStats } from '../environment.ts';
import { containerRunner, type ContainerHandle } from './command.ts';
import { dataDir, workDir } from './container.ts';
import { refusalStatus } from './engine-errors.ts';
import { openHostCounters, type HostCounters } from './host-counters.ts';
import { nodeStats } from './stats.ts';

export interface NodeParts {
  readonly spec: NodeSpec;
  readonly address: string;
  readonly logDir: string;
  readonly handle: ContainerHandle;
}

export function dockerNode({ spec, address, logDir, handle }: NodeParts): RemoteNode {
  const { engine, container, node } = handle;
  return remoteNode({
    ...{ spec, address, logDir, dataDir, workDir },
    runner: containerRunner(handle),
    place: {
      pause: () => engine.call(`pause node ${node}`, (abortSignal) => container.pause({ abortSignal })),
      resume: () => engine.call(`resume node ${node}`, (abortSignal) => container.unpause({ abortSignal })),
      kill: () => killContainer(handle),
      stats: statsOf(spec, handle),
    },
  });
}

/** From the host's counters where they can be read, else as the engine tells. */
function statsOf(spec: NodeSpec, { engine, container, node }: ContainerHandle): () => Promise<NodeStats> {
  const hasCpuLimit = spec.cpus !== undefined;
  let counters: Promise<HostCounters | null> | undefined;
  const find = async () => {
    const { State: state } = await engine.call(`inspect node ${node}`, () => container.inspect());
    return openHostCounters(state.Pid, container.id);
  };
  return async () => {
    const onHost = await (counters ??= find());
    if (onHost !== null) return onHost.read(hasCpuLimit);
    const raw = await engine.call(`measure node ${node}`, () =>
      container.stats({ stream: false, 'one-shot': true }),
    );
    return nodeStats(raw, hasCpuLimit);
  };
}

/** A container that does not run any more, or is gone, is as dead as asked. */
async function killContainer({ engine, container, node }: ContainerHandle): Promise<void> {
  await engine.call(`kill node ${node}`, async (abortSignal) => {
    try {
      await container.kill({ signal: 'SIGKILL', abortSignal });
    } catch (error) {
      const status = refusalStatus(error);
      if (status !== 404 && status !== 409) throw error;
    }
  });
}
