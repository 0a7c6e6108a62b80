/** A container as a node: idle, limited as asked, on the run's network with a fixed address. */
import type Docker from 'dockerode';
import type { NodeSpec } from '../environment.ts';
import type { Engine } from './engine.ts';
import { refusalStatus } from './engine-errors.ts';
import { runLabel } from './names.ts';

export const dataDir = '/strata/data';
export const workDir = '/strata/work';

export interface ContainerRequest {
  readonly runId: string;
  readonly name: string;
  readonly imageId: string;
  readonly networkName: string;
  readonly address: string;
  readonly spec: NodeSpec;
}

/** What is asked of the engine. Pure. */
export function containerOptions(request: ContainerRequest): Docker.ContainerCreateOptions {
  const { spec, networkName } = request;
  const labels = { [runLabel]: request.runId };
  return {
    name: request.name,
    Image: request.imageId,
    Hostname: spec.name.slice(0, 63),
    Cmd: ['sleep', 'infinity'],
    WorkingDir: workDir,
    Labels: labels,
    HostConfig: {
      // An init reaps the orphans of commands; without it they would stay as zombies.
      Init: true,
      NetworkMode: networkName,
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      // The idle process says nothing; commands are read through their own streams.
      LogConfig: { Type: 'none', Config: {} },
      ...(spec.cpus === undefined ? {} : { NanoCpus: Math.round(spec.cpus * 1e9) }),
      // Equal limits for memory and for memory with swap: no swap.
      ...(spec.memoryBytes === undefined ? {} : { Memory: spec.memoryBytes, MemorySwap: spec.memoryBytes }),
      ...dataMount(spec, labels),
    },
    NetworkingConfig: {
      EndpointsConfig: { [networkName]: { IPAMConfig: { IPv4Address: request.address } } },
    },
  };
}

/** Disk is a volume, not the layered file system of the image, whose cost is none of the workload's. */
function dataMount(spec: NodeSpec, labels: Record<string, string>): Docker.HostConfig {
  if (spec.storage === 'ram') return { Tmpfs: { [dataDir]: 'rw,exec,mode=0755' } };
  const options = { NoCopy: true, Labels: labels, DriverConfig: { Name: 'local', Options: {} } };
  return { Mounts: [{ Type: 'volume', Source: '', Target: dataDir, VolumeOptions: options }] };
}

/**
 * Creating is not given up on an abort: a creation the engine goes on with after we left would be found by nobody
 * until the run ends. It takes some 10 ms.
 */
export async function createContainer(engine: Engine, request: ContainerRequest): Promise<Docker.Container> {
  return engine.call(`create container ${request.name}`, (abortSignal) =>
    engine.docker.createContainer({ ...containerOptions(request), abortSignal }),
  );
}

export async function startContainer(
  engine: Engine,
  container: Docker.Container,
  name: string,
): Promise<void> {
  await engine.call(`start container ${name}`, (abortSignal) => container.start({ abortSignal }));
}

/** Kills and removes a container with its volumes; one that is gone is not an error. */
export async function removeContainer(engine: Engine, idOrName: string): Promise<void> {
  await engine.call(`remove container ${idOrName}`, async (abortSignal) => {
    const container = engine.docker.getContainer(idOrName);
    try {
      await container.remove({ force: true, v: true, abortSignal });
    } catch (error) {
      if (refusalStatus(error) === 404) return;
      if (refusalStatus(error) !== 409) throw error;
      // Somebody else is removing it: wait until that is done.
      await container.wait({ condition: 'removed', abortSignal }).catch((gone: unknown) => {
        if (refusalStatus(gone) !== 404) throw gone;
      });
    }
  });
}
