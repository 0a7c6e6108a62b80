/** Keeps the cycles of an agent in numbered files; recording one costs a few stores into memory. */
import { writeFile } from 'node:fs/promises';
import { asError } from '../../../harness/foundation/errors.ts';
import { cycleBytes, cycleFileBytes, writeCycle, type Cycle } from '../cycle-file.ts';

export interface CycleLog {
  readonly record: (cycle: Cycle) => void;
  /** Writes what is in memory and resolves with the number of files. Rejects when one could not be written. */
  readonly close: () => Promise<number>;
}

export function cycleFileName(directory: string, index: number): string {
  return `${directory}/cycles-${index}.bin`;
}

/** @param instances length of a cycle's list of peers */
export function openCycleLog(directory: string, instances: number): CycleLog {
  const free: Buffer[] = [];
  const writing = new Set<Promise<void>>();
  const largest = cycleBytes(1, instances);
  let failure: Error | undefined;
  let files = 0;
  let buffer = touched();
  let view = viewOf(buffer);
  let used = 0;

  const handOver = () => {
    const filled = buffer;
    const write = writeFile(cycleFileName(directory, files), filled.subarray(0, used))
      .catch((error: unknown) => void (failure ??= asError(error)))
      .then(() => {
        free.push(filled);
        writing.delete(write);
      });
    writing.add(write);
    files += 1;
    used = 0;
  };
  return {
    record(cycle) {
      if (used + largest > cycleFileBytes) {
        handOver();
        buffer = free.pop() ?? touched();
        view = viewOf(buffer);
      }
      used = writeCycle(cycle, view, used);
    },
    async close() {
      if (used > 0) {
        handOver();
        buffer = touched();
        view = viewOf(buffer);
      }
      await Promise.all(writing);
      if (failure !== undefined) throw failure;
      return files;
    },
  };
}

/** All of its memory is touched now, so that no page fault falls into the measurement. */
function touched(): Buffer {
  return Buffer.alloc(cycleFileBytes, 1);
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
