/** The nodes of one trial: all machines woken (or booted) at once, and ended at once. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { BootMode } from '../../harness/foundation/cell.ts';
import type { RemoteNode } from '../command/remote-node.ts';
import type { Booted, NodeSpec, RunScope, StartedNodes, TrialScope } from '../environment.ts';
import { guestDirectories } from '../machine/identity.ts';
import { machineSpec, type MachineKind } from '../machine/machine-kind.ts';
import type { Attachment } from '../machine/machine-network.ts';
import { claimTrialDirectory } from '../machine/machine-run.ts';
import { bootTimeoutMs, type Machines } from '../machine/machines.ts';
import { startNodeMachine, type NodeMachine, type NodeMachineRequest } from '../machine/node-machine.ts';
import { checkedName } from '../object-names.ts';
import { makeNodeCgroup, type NodeCgroup } from '../process/cgroup.ts';
import { cgroupName } from '../process/cgroup-mounts.ts';
import { startTogether } from '../start-together.ts';
import { allSettledOrThrow, endThenThrow } from '../teardown.ts';
import { vmNode } from './vm-node.ts';

/** What the trials of an open environment share. */
export interface OpenVmRun {
  readonly scope: RunScope;
  readonly machines: Machines;
  readonly kindOf: (spec: NodeSpec) => MachineKind;
  readonly started: Set<StartedNodes>;
}

/** What is to be ended with the trial, in this order; each list ends together. */
interface Acquired {
  readonly machines: NodeMachine[];
  /** Taps or ports, and control groups: a machine holds them while it lives. */
  readonly held: AsyncDisposable[];
}

/** What all nodes of a trial have in common. */
interface VmTrial {
  readonly trial: TrialScope;
  readonly boot: BootMode;
  readonly directory: string;
  readonly attachments: ReadonlyMap<NodeSpec, Attachment>;
  readonly acquired: Acquired;
}

export async function startTrial(run: OpenVmRun, trial: TrialScope): Promise<StartedNodes> {
  trial.signal.throwIfAborted();
  checkedName('trial', trial.trialId);
  for (const spec of trial.nodes) checkedName('node', spec.name);
  const boot = trial.boot ?? 'warm';
  // First, and for all shapes: a machine must not be measured while another one is booting to become a template.
  const kinds = trial.nodes.map(run.kindOf);
  for (const kind of boot === 'warm' ? kinds : []) await run.machines.templateFor(kind);
  const directory = await claimTrialDirectory(run.machines.directory, trial.trialId);
  const acquired: Acquired = { machines: [], held: [] };
  try {
    const attachments = await attach(run, trial, acquired);
    const own: VmTrial = { trial, boot, directory, attachments, acquired };
    return await startTogether<RemoteNode & Booted>({
      trial,
      startNode: (spec) => startNode(run, own, spec),
      end: async (nodes) => {
        for (const node of nodes) node.close();
        await endTrial(acquired, directory);
      },
      started: run.started,
    });
  } catch (error) {
    return await endThenThrow(error, () => endTrial(acquired, directory));
  }
}

async function attach(
  run: OpenVmRun,
  trial: TrialScope,
  acquired: Acquired,
): Promise<VmTrial['attachments']> {
  const attachments = await run.machines.network.attach(trial.nodes.length, trial.signal);
  acquired.held.push(attachments);
  return new Map(
    trial.nodes.flatMap((spec, index) => {
      const attachment = attachments.list[index];
      return attachment === undefined ? [] : [[spec, attachment] as const];
    }),
  );
}

async function startNode(run: OpenVmRun, own: VmTrial, spec: NodeSpec): Promise<RemoteNode & Booted> {
  const { trial, acquired } = own;
  const { runId } = run.scope;
  const attachment = own.attachments.get(spec);
  if (attachment === undefined) throw new Error(`node ${spec.name} was not attached to the network`);
  const logDir = path.join(run.scope.logDir, trial.trialId, spec.name);
  await mkdir(logDir, { recursive: true });
  const cgroup = await cpuLimit(spec, cgroupName(runId, trial.trialId, spec.name));
  if (cgroup !== null) acquired.held.push(cgroup);
  const request = await machineRequest(run, own, { spec, attachment, logDir, cgroup });
  const nodeMachine = await startNodeMachine(request);
  acquired.machines.push(nodeMachine);
  return vmNode({ spec, attachment, logDir, nodeMachine, cgroup });
}

/** Memory is the size of the machine; processors are held back from outside, QEMU's own threads included. */
async function cpuLimit({ name, storage, cpus }: NodeSpec, group: string): Promise<NodeCgroup | null> {
  return cpus === undefined ? null : makeNodeCgroup(group, { name, storage, cpus });
}

interface NodePlan {
  readonly spec: NodeSpec;
  readonly attachment: Attachment;
  readonly logDir: string;
  readonly cgroup: NodeCgroup | null;
}

async function machineRequest(
  run: OpenVmRun,
  { trial, boot, directory }: VmTrial,
  { spec, attachment, logDir, cgroup }: NodePlan,
): Promise<NodeMachineRequest> {
  const { host, clientKey } = run.machines;
  const { runId } = run.scope;
  const kind = run.kindOf(spec);
  const socketDir = path.join(directory, spec.name);
  const serialLog = path.join(logDir, 'serial.log');
  const own = { name: `strata-${runId}-${trial.trialId}-${spec.name}`, nics: attachment.nics };
  return {
    ...{ runId, node: spec, directory: socketDir, logDir, clientKey },
    program: host.qemu.system.path,
    origin: boot === 'warm' ? { template: await run.machines.templateFor(kind) } : { disks: kind.disks },
    spec: (origin) => machineSpec(host, kind, { ...own, socketDir, serialLog }, origin),
    ...{ attachment, directories: guestDirectories },
    cgroupProcsFiles: cgroup?.procsFiles ?? [],
    bootTimeoutMs: bootTimeoutMs(trial.nodes.length),
    signal: trial.signal,
  };
}

/** The machines first: taps, ports, groups and disks are theirs. Twice is harmless. */
async function endTrial({ machines, held }: Acquired, directory: string): Promise<void> {
  await allSettledOrThrow(machines.map(async (machine) => machine[Symbol.asyncDispose]()));
  await allSettledOrThrow([
    ...held.map(async (thing) => thing[Symbol.asyncDispose]()),
    rm(directory, { recursive: true, force: true, maxRetries: 5 }),
  ]);
}
