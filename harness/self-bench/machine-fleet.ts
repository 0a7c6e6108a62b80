/** Many machines of one kind at once, for measuring how soon they are there and what they cost. */
import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { RunScope } from '../../environments/environment.ts';
import type { GuestImage } from '../../environments/guest/guest-image.ts';
import { guestDirectories } from '../../environments/machine/identity.ts';
import { openMachineHost, type MachineHost } from '../../environments/machine/machine-host.ts';
import { machineSpec, templateOf, type MachineKind } from '../../environments/machine/machine-kind.ts';
import { openBridgeNetwork, type MachineNetwork } from '../../environments/machine/machine-network.ts';
import { makeMachineRunDirectory } from '../../environments/machine/machine-run.ts';
import { startIdentifiedMachine, type IdentifiedMachine } from '../../environments/machine/node-machine.ts';
import type { Template } from '../../environments/machine/template.ts';
import { registerLiveRun } from '../../environments/live-runs.ts';
import { makeSshKey, type SshKey } from '../../environments/ssh/keys.ts';
import type { BootMode } from '../foundation/cell.ts';
import type { BenchScope } from './ratio.ts';

export interface FleetKind {
  readonly role: string;
  readonly memoryBytes: number;
  readonly vcpus: number;
  readonly disks: (image: GuestImage) => Promise<MachineKind['disks']>;
  readonly kernelParameters: string;
}

export interface Fleet extends AsyncDisposable {
  /** Starts as many at once; resolves when all have their identity and `answers` has resolved for each. */
  readonly start: (mode: BootMode, count: number, answers: Answers) => Promise<StartedFleet>;
}

/** Resolves when what the machine is for can be used. */
export type Answers = (reached: {
  readonly address: string;
  readonly machine: IdentifiedMachine;
  readonly clientKey: SshKey;
}) => Promise<void>;

export interface StartedFleet extends AsyncDisposable {
  readonly machines: readonly IdentifiedMachine[];
  /** From the first start until the last answer. */
  readonly seconds: number;
}

const bootTimeoutMs = 10 * 60_000;

/** With the template made, so that only waking it is measured. */
export async function openFleet(kind: FleetKind, bench: BenchScope): Promise<Fleet> {
  const runId = `self-${process.pid}-${kind.role}`;
  const { signal } = bench;
  const live = await registerLiveRun(runId);
  const logDir = await mkdtemp(path.join(bench.scratchDir, 'machines-'));
  const scope: RunScope = { runId, logDir, signal, progress: bench.say };
  const host = await openMachineHost(scope);
  const network = await openBridgeNetwork(runId, signal);
  const directory = await makeMachineRunDirectory(runId);
  const { memoryBytes, vcpus, role, kernelParameters } = kind;
  const disks = await kind.disks(host.image);
  const machineKind: MachineKind = { role, shape: { memoryBytes, vcpus }, disks, kernelParameters };
  const template = await templateOf({ runId, host, network, directory, bootTimeoutMs }, machineKind, scope);
  const parts: FleetParts = { scope, host, network, directory, kind: machineKind, template };
  return {
    start: (mode, count, answers) => startFleet(parts, mode, count, answers),
    [Symbol.asyncDispose]: async () => {
      await network[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
      await live[Symbol.asyncDispose]();
    },
  };
}

interface FleetParts {
  readonly scope: RunScope;
  readonly host: MachineHost;
  readonly network: MachineNetwork;
  readonly directory: string;
  readonly kind: MachineKind;
  readonly template: Template;
}

async function startFleet(
  { scope, host, network, directory, kind, template }: FleetParts,
  mode: BootMode,
  count: number,
  answers: Answers,
): Promise<StartedFleet> {
  const startedMs = performance.now();
  const clientKey = makeSshKey(scope.runId);
  const attachments = await network.attach(count, scope.signal);
  const starts = await Promise.allSettled(
    attachments.list.map(async (attachment, index) => {
      const { nics, address } = attachment;
      const node = `node-${index + 1}`;
      const socketDir = path.join(directory, node);
      const own = { name: `strata-${scope.runId}-${node}`, nics, socketDir };
      const machine = await startIdentifiedMachine({
        ...{ runId: scope.runId, directory: socketDir, logDir: scope.logDir, clientKey, attachment },
        node: { name: node, storage: 'disk' },
        program: host.qemu.system.path,
        origin: mode === 'warm' ? { template } : { disks: kind.disks },
        spec: (origin) =>
          machineSpec(host, kind, { ...own, serialLog: path.join(scope.logDir, `${node}.log`) }, origin),
        directories: guestDirectories,
        cgroupProcsFiles: [],
        ...{ bootTimeoutMs, signal: scope.signal },
      });
      await answers({ address, machine, clientKey });
      return machine;
    }),
  );
  const seconds = (performance.now() - startedMs) / 1000;
  const machines = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  const dispose = async () => {
    await Promise.all(machines.map((machine) => machine[Symbol.asyncDispose]()));
    await attachments[Symbol.asyncDispose]();
  };
  for (const start of starts) {
    if (start.status === 'fulfilled') continue;
    await dispose();
    throw start.reason;
  }
  return { machines, seconds, [Symbol.asyncDispose]: dispose };
}
