/**
 * Cells whose nodes are virtual machines, or live in one, against the memory and the processors of this machine. What
 * a guest is given is taken from it for as long as the guest lives, whatever the guest does with it.
 */
import {
  defaultMemoryBytes,
  engineMemoryBytes,
  minimumMemoryBytes,
  nodeShape,
  sharedShape,
  sharedStepBytes,
  translationBufferMiB,
} from '../../environments/machine/shape.ts';
import type { NodeSpec } from '../../environments/environment.ts';
import type { Cell } from '../foundation/cell.ts';
import type { Machine } from './check.ts';
import { nodeCount, placeOf, type Experiment, type NodeLimits } from './experiment.ts';
import type { PlanNote } from './fault-check.ts';
import { limitSource, type LimitSource } from './limit-source.ts';
import { planCodes, type Problem } from './problems.ts';
import { formatBytes } from './quantities.ts';

const MiB = 2 ** 20;

/** What QEMU takes beside the guest's memory; its translation buffer is bounded to as much. */
export const qemuMemoryBytes = translationBufferMiB * MiB;

/** One limits value, with the largest cell of one environment that has it: where that one fits, all do. */
interface Case {
  readonly cell: Cell;
  /** Of each node. */
  readonly memoryBytes: number;
  readonly source: LimitSource;
}

export function machineProblems(experiment: Experiment, cells: readonly Cell[], machine: Machine): Problem[] {
  return experiment.limits.flatMap((limits, index) => {
    const source = memorySource(experiment, limits, index);
    const memoryBytes = limits.memoryBytes ?? defaultMemoryBytes;
    const caseOf = (env: Cell['env']): Case[] => {
      const [cell] = cells.filter((one) => one.env === env).sort((a, b) => nodeCount(b) - nodeCount(a));
      return cell === undefined ? [] : [{ cell, memoryBytes, source }];
    };
    return [
      ...caseOf('docker-vm').flatMap((largest) => sharedMachineProblems(largest, machine)),
      ...caseOf('vm').flatMap((largest) => ownMachineProblems(largest, machine)),
    ];
  });
}

/** Without a limit it is the number of nodes that is too large. */
function memorySource(experiment: Experiment, limits: NodeLimits, index: number): LimitSource {
  if (limits.memoryBytes !== undefined) return limitSource(experiment, index, 'memory');
  return { place: placeOf(experiment, 'replicas'), subject: 'replicas' };
}

function ownMachineProblems({ cell, memoryBytes, source }: Case, machine: Machine): Problem[] {
  if (memoryBytes < minimumMemoryBytes) return [tooSmall(memoryBytes, source)];
  const nodes = nodeCount(cell);
  const guestBytes = nodeShape({ name: 'node', storage: cell.store, memoryBytes }).memoryBytes;
  const neededBytes = nodes * (guestBytes + qemuMemoryBytes);
  if (neededBytes <= machine.memoryBytes) return [];
  const each = `machines of ${formatBytes(guestBytes)} and ${formatBytes(qemuMemoryBytes)} of QEMU each`;
  return [
    tooMuch(cell, source, {
      what: `${nodesOf(cell)} as ${each} need ${formatBytes(neededBytes)}`,
      has: machine.memoryBytes,
      fittingBytes: wholeMiB(machine.memoryBytes / nodes - qemuMemoryBytes),
      leastBytes: minimumMemoryBytes,
      fittingNodes: Math.floor(machine.memoryBytes / (guestBytes + qemuMemoryBytes)),
    }),
  ];
}

function sharedMachineProblems({ cell, memoryBytes, source }: Case, machine: Machine): Problem[] {
  const nodes = nodeCount(cell);
  const specs = Array.from({ length: nodes }, (): NodeSpec => {
    return { name: 'node', storage: cell.store, memoryBytes };
  });
  const guestBytes = sharedShape(specs, machine.cpuCount).memoryBytes;
  if (guestBytes + qemuMemoryBytes <= machine.memoryBytes) return [];
  const steps = Math.floor((machine.memoryBytes - qemuMemoryBytes) / sharedStepBytes);
  const forNodesBytes = Math.max(0, steps * sharedStepBytes - engineMemoryBytes);
  const parts = `${nodesOf(cell)} at ${formatBytes(memoryBytes)} each and ${formatBytes(engineMemoryBytes)} of Docker Engine`;
  return [
    tooMuch(cell, source, {
      what: `one machine for ${parts} has ${formatBytes(guestBytes)}, and ${formatBytes(qemuMemoryBytes)} of QEMU`,
      has: machine.memoryBytes,
      fittingBytes: wholeMiB(forNodesBytes / nodes),
      leastBytes: MiB,
      fittingNodes: Math.floor(forNodesBytes / memoryBytes),
    }),
  ];
}

interface Excess {
  readonly what: string;
  /** Memory of this machine. */
  readonly has: number;
  /** Most memory a node could have with these nodes, and the least with which it could live. */
  readonly fittingBytes: number;
  readonly leastBytes: number;
  /** Most nodes there could be with this memory. */
  readonly fittingNodes: number;
}

function tooMuch(cell: Cell, { place, subject }: LimitSource, excess: Excess): Problem {
  const replicas = excess.fittingNodes - (nodeCount(cell) - cell.replicas);
  const ways = [
    ...(excess.fittingBytes < excess.leastBytes
      ? []
      : [`--limits memory=${excess.fittingBytes / MiB}MiB for ${cell.replicas} replicas`]),
    ...(replicas < 1 ? [] : [`at most ${replicas} replicas`]),
  ];
  return {
    code: planCodes.tooMuchMemory,
    place,
    message: `${subject}: with env ${cell.env}, ${excess.what}; this machine has ${formatBytes(excess.has)}`,
    fix:
      ways.length === 0
        ? 'No such cell fits on this machine.'
        : `Allowed with env ${cell.env}: ${ways.join(', or ')}.`,
  };
}

function tooSmall(memoryBytes: number, { place, subject }: LimitSource): Problem {
  return {
    code: planCodes.tooLittleMemory,
    place,
    message: `${subject}: ${formatBytes(memoryBytes)} is too small for a virtual machine, which with env vm every node is`,
    fix: `Allowed with env vm: at least ${formatBytes(minimumMemoryBytes)}: a machine has a kernel of its own in it.`,
  };
}

function nodesOf({ replicas, sharedMemory }: Cell): string {
  return `${replicas} replica${replicas === 1 ? '' : 's'}${sharedMemory === 'etcd' ? ' + 1 store' : ''}`;
}

function wholeMiB(bytes: number): number {
  return Math.floor(bytes / MiB) * MiB;
}

/** More machines than processors is allowed; what it does to the figures must be said with them. */
export function contentionNotes(cells: readonly Cell[], cpuCount: number): PlanNote[] {
  const counts = new Set(cells.filter(({ env }) => env === 'vm').map(nodeCount));
  const most = Math.max(0, ...counts);
  if (most <= cpuCount) return [];
  const machines = `${counts.size > 1 ? 'up to ' : ''}${most} machines`;
  const processors = `${cpuCount} processor${cpuCount === 1 ? '' : 's'}`;
  return [
    {
      code: 'cpu-contention',
      message: `${machines} on ${processors}: contention for the CPU is part of what is measured`,
      advice: 'compare cells of equal size, or use a host with more processors than machines',
    },
  ];
}
