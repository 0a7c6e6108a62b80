/** The size of a machine for what a node is asked to be. Pure. */
import { StrataError } from '../../harness/foundation/errors.ts';
import type { NodeSpec } from '../environment.ts';

export interface MachineShape {
  readonly memoryBytes: number;
  readonly vcpus: number;
}

const MiB = 1024 * 1024;

/** Holds etcd or MariaDB with default settings beside an agent. */
export const defaultMemoryBytes = 512 * MiB;

/** Kernel, init, SSH and an agent on Node.js; with less the guest kills processes at random. */
export const minimumMemoryBytes = 192 * MiB;

/** Virtual processors are whole; a limit in fractions is kept by a control group around the machine. */
export function nodeShape({ name, cpus, memoryBytes = defaultMemoryBytes }: NodeSpec): MachineShape {
  if (memoryBytes < minimumMemoryBytes) {
    throw new StrataError({
      code: 'STRATA-E440',
      message: `the memory limit of node ${name}, ${(memoryBytes / MiB).toFixed(1)} MiB, is too small for a virtual machine`,
      fix: `give it ${minimumMemoryBytes / MiB} MiB or more: a machine has a kernel of its own in it`,
    });
  }
  return { memoryBytes: Math.ceil(memoryBytes / MiB) * MiB, vcpus: Math.max(1, Math.ceil(cpus ?? 1)) };
}

/** Docker Engine and containerd in the one machine of `docker-vm`, beside the containers. */
export const engineMemoryBytes = 512 * MiB;

/** Sizes of shared machines are multiples of it. */
export const sharedStepBytes = 2048 * MiB;

/**
 * One machine for all nodes of a cell: the memory they would have as machines of their own, and one processor a node
 * as far as the host has them. Rounded up to 2 GiB, so that few templates serve many cells.
 */
export function sharedShape(nodes: readonly NodeSpec[], hostCpuCount: number): MachineShape {
  const asked = nodes.reduce(
    (sum, { memoryBytes = defaultMemoryBytes }) => sum + memoryBytes,
    engineMemoryBytes,
  );
  const memoryBytes = Math.ceil(asked / sharedStepBytes) * sharedStepBytes;
  return { memoryBytes, vcpus: Math.max(1, Math.min(nodes.length, hostCpuCount)) };
}

/** The same text for shapes that share a template. */
export function shapeKey({ memoryBytes, vcpus }: MachineShape): string {
  return `${memoryBytes / MiB}MiB-${vcpus}`;
}
