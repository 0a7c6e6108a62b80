/**
 * The docker-vm environment: every trial has one virtual machine, and its nodes are containers in it, driven by the
 * same code as those on the host. So `docker` and `docker-vm` differ only in where the engine runs. Non-goal:
 * several machines with containers, which would be a cluster.
 */
import { availableParallelism } from 'node:os';
import type {
  Clonable,
  Environment,
  EnvironmentFacts,
  ExpectedNodes,
  OpenEnvironment,
  RunScope,
  StartedNodes,
  StorageMedia,
} from '../environment.ts';
import { ensureDockerDisk, type DockerDisk } from '../guest/docker-disk.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import type { MachineKind } from '../machine/machine-kind.ts';
import { reapMachines } from '../machine/machine-run.ts';
import { openMachines, type Machines } from '../machine/machines.ts';
import { preflightRoutedMachines, routesNeedRoot } from '../machine/preflight.ts';
import { sharedShape } from '../machine/shape.ts';
import { reapLinks } from '../network/leftovers.ts';
import { allSettledOrThrow } from '../teardown.ts';
import { startTrial, type OpenDockerVmRun } from './trial.ts';

export function createDockerVmEnvironment(): Environment & StorageMedia & Clonable {
  return {
    name: 'docker-vm',
    storageMedia: new Set(['ram', 'disk'] as const),
    bootModes: new Set(['warm', 'cold'] as const),
    preflight: preflightRoutedMachines,
    open: openDockerVmEnvironment,
    reap: async (isLive, signal) => [
      ...(await reapMachines(isLive, signal)),
      ...(await reapLinks(isLive, signal)),
    ],
  };
}

async function openDockerVmEnvironment(scope: RunScope): Promise<OpenEnvironment> {
  const machines = await openMachines(scope);
  try {
    const engineDisk = await ensureDockerDisk(machines.host.image, scope);
    const run = openRun(scope, machines, engineDisk);
    // Before the first trial, so that none of them is measured making one.
    for (const expected of scope.expected ?? []) {
      if (expected.boot !== 'cold') await machines.templateFor(run.kindOf(expected));
    }
    return {
      facts: { ...machines.facts, ...engineFacts(machines.host, engineDisk) },
      start: (trial) => startTrial(run, trial),
      [Symbol.asyncDispose]: async () => {
        await allSettledOrThrow([...run.started].map(async (nodes) => nodes[Symbol.asyncDispose]()));
        await machines[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await machines[Symbol.asyncDispose]();
    throw error;
  }
}

function openRun(scope: RunScope, machines: Machines, engineDisk: DockerDisk): OpenDockerVmRun {
  const { key, sha256: archiveSha256 } = machines.host.image.rootfs;
  const { route } = machines.network;
  if (route === null) throw routesNeedRoot();
  return {
    ...{ scope, machines, route },
    image: { id: engineDisk.imageId, key, archiveSha256 },
    started: new Set<StartedNodes>(),
    kindOf: ({ nodes }) => dockerKind(machines.host, engineDisk, nodes),
  };
}

function dockerKind(
  { image }: MachineHost,
  engineDisk: DockerDisk,
  nodes: ExpectedNodes['nodes'],
): MachineKind {
  return {
    role: 'docker',
    shape: sharedShape(nodes, availableParallelism()),
    disks: [image.disk, engineDisk.path].map((disk) => ({ path: disk, format: 'raw' as const })),
    kernelParameters: 'strata.mount=vdb:/var/lib/docker',
  };
}

function engineFacts({ image }: MachineHost, { imageId }: DockerDisk): EnvironmentFacts {
  return { engineVersion: image.rootfs.packages['docker.io'] ?? 'unknown', imageId };
}
