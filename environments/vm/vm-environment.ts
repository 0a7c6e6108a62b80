/**
 * The vm environment: every node is a virtual machine of its own with the same root filesystem as a container, on a
 * network of the run: a bridge for root, QEMU's own for others. Machines wake from a template unless a trial asks for a cold boot. Non-goals: live migration,
 * graphics, guests other than the one image.
 */
import type {
  Clonable,
  Environment,
  ExpectedNodes,
  Limiting,
  NodeSpec,
  OpenEnvironment,
  RunScope,
  StartedNodes,
  StorageMedia,
} from '../environment.ts';
import type { MachineHost } from '../machine/machine-host.ts';
import type { MachineKind } from '../machine/machine-kind.ts';
import { usualNetwork, type OpenMachineNetwork } from '../machine/machine-network.ts';
import { reapMachines } from '../machine/machine-run.ts';
import { openMachines } from '../machine/machines.ts';
import { preflightMachines } from '../machine/preflight.ts';
import { nodeShape } from '../machine/shape.ts';
import { reapLinks } from '../network/leftovers.ts';
import { whyNoLimits } from '../process/cgroup.ts';
import { reapPortLeases } from '../process/port-leases.ts';
import { allSettledOrThrow, endThenThrow } from '../teardown.ts';
import { startTrial, type OpenVmRun } from './trial.ts';

export function createVmEnvironment(
  openNetwork = usualNetwork(),
): Environment & StorageMedia & Clonable & Limiting {
  return {
    name: 'vm',
    storageMedia: new Set(['ram', 'disk'] as const),
    bootModes: new Set(['warm', 'cold'] as const),
    preflight: preflightMachines,
    open: (scope) => openVmEnvironment(scope, openNetwork),
    whyNoLimits,
    reap: async (isLive, signal) => [
      ...(await reapMachines(isLive, signal)),
      ...(await reapLinks(isLive, signal)),
      ...(await reapPortLeases(isLive)),
    ],
  };
}

async function openVmEnvironment(scope: RunScope, openNetwork: OpenMachineNetwork): Promise<OpenEnvironment> {
  const machines = await openMachines(scope, openNetwork);
  const kindOf = (spec: NodeSpec) => plainKind(machines.host, spec);
  const run: OpenVmRun = { scope, machines, kindOf, started: new Set<StartedNodes>() };
  const open: OpenEnvironment = {
    facts: machines.facts,
    start: (trial) => startTrial(run, trial),
    [Symbol.asyncDispose]: async () => {
      await allSettledOrThrow([...run.started].map(async (nodes) => nodes[Symbol.asyncDispose]()));
      await machines[Symbol.asyncDispose]();
    },
  };
  try {
    await prepareTemplates(run, scope.expected ?? []);
    return open;
  } catch (error) {
    return await endThenThrow(error, () => open[Symbol.asyncDispose]());
  }
}

function plainKind({ image }: MachineHost, spec: NodeSpec): MachineKind {
  const disks = [{ path: image.disk, format: 'raw' as const }];
  return { role: 'plain', shape: nodeShape(spec), disks, kernelParameters: '' };
}

/** Before the first trial, so that none of them is measured making one. */
async function prepareTemplates({ machines, kindOf }: OpenVmRun, expected: readonly ExpectedNodes[]) {
  const warm = expected.filter(({ boot }) => boot !== 'cold');
  for (const { nodes } of warm) for (const spec of nodes) await machines.templateFor(kindOf(spec));
}
