/**
 * The docker environment: nodes are containers of the one root filesystem on a bridge network of the run, next to
 * each other on this host. Non-goals: pulling images, publishing ports, engines on other machines.
 */
import type {
  Environment,
  EnvironmentFacts,
  OpenEnvironment,
  RunScope,
  StartedNodes,
  StorageMedia,
} from '../environment.ts';
import { checkedName } from '../object-names.ts';
import { connectEngine, type Engine } from './engine.ts';
import { ensureImage, type EngineImage } from './image.ts';
import { listLeftovers, removeLeftovers } from './leftovers.ts';
import { createRunNetwork, type RunNetwork } from './network.ts';
import { engineVersion, preflightDocker } from './preflight.ts';
import { formatSubnet } from '../network/subnet.ts';
import { addressCounter, startTrial } from './trial.ts';

export function createDockerEnvironment(): Environment & StorageMedia {
  return {
    name: 'docker',
    storageMedia: new Set(['ram', 'disk'] as const),
    preflight: preflightDocker,
    open: openDockerEnvironment,
    reap: async (isLive, signal) => {
      signal.throwIfAborted();
      return removeDead(connectEngine(), isLive);
    },
  };
}

async function openDockerEnvironment(scope: RunScope): Promise<OpenEnvironment> {
  checkedName('run', scope.runId);
  const engine = connectEngine();
  const version = await engineVersion(engine, scope.signal);
  // One process carries out a run at a time, so what bears its id now was left by one that was killed.
  await removeDead(engine, (runId) => runId !== scope.runId);
  const image = await ensureImage(engine, scope);
  const info = await engine.call('describe itself', () => engine.docker.info() as Promise<EngineInfo>);
  const network = await createRunNetwork(engine, scope.runId, scope.signal);
  const started = new Set<StartedNodes>();
  const run = { engine, scope, image, network, nextAddress: addressCounter(network.subnet), started };
  return {
    facts: { ...engineFacts(version, info), ...runFacts(image, network) },
    start: (trial) => startTrial(run, trial),
    [Symbol.asyncDispose]: async () => {
      for (const nodes of [...started]) await nodes[Symbol.asyncDispose]();
      await removeLeftovers(engine, await listLeftovers(engine, scope.runId));
    },
  };
}

async function removeDead(engine: Engine, isLive: (runId: string) => boolean) {
  const leftovers = await listLeftovers(engine);
  return removeLeftovers(
    engine,
    leftovers.filter(({ runId }) => !isLive(runId)),
  );
}

/** What the client library's types do not tell of `GET /info`. */
interface EngineInfo {
  readonly Driver: string;
  readonly CgroupVersion?: string;
  readonly CgroupDriver: string;
  readonly KernelVersion: string;
}

function engineFacts(version: { Version: string; ApiVersion: string }, info: EngineInfo): EnvironmentFacts {
  return {
    engineVersion: version.Version,
    apiVersion: version.ApiVersion,
    storageDriver: info.Driver,
    cgroupVersion: Number(info.CgroupVersion ?? 1),
    cgroupDriver: info.CgroupDriver,
    engineKernel: info.KernelVersion,
  };
}

function runFacts(image: EngineImage, network: RunNetwork): EnvironmentFacts {
  return {
    imageKey: image.key,
    imageId: image.id,
    imageArchiveSha256: image.archiveSha256,
    subnet: formatSubnet(network.subnet),
  };
}
