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

/**
 * Bound of what QEMU keeps of translated code, which grows to it where much of different code runs. When it is full it
 * is thrown away and all is translated again: with 64 MiB three containers in a machine started in 21.6 s and `true`
 * in one of them took 1.83 s, with 256 MiB 15.4 s and 0.93 s, with 512 MiB 16.2 s and 1.01 s (means of 2 or 3 rounds
 * in turn).
 */
export const translationBufferMiB = 256;

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
