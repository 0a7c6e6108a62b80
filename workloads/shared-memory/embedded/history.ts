/** What happened since the last compaction, one entry a revision. */
import type { MemoryEvent } from '../shared-memory.ts';

export interface Change {
  readonly revision: number;
  readonly events: readonly MemoryEvent[];
}

export interface History {
  add(change: Change): void;
  /** Every change from `revision` on; or, where some of it is forgotten, the first revision that is not. */
  since(revision: number): { readonly changes: readonly Change[] } | { readonly compacted: number };
  /** Forgets what is below `revision`. */
  compact(revision: number): void;
}

export function createHistory(): History {
  let changes: Change[] = [];
  let oldest = 0;
  const firstFrom = (revision: number) => {
    let low = 0;
    let high = changes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((changes[middle]?.revision ?? 0) < revision) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    add: (change) => void changes.push(change),
    since: (revision) =>
      revision < oldest ? { compacted: oldest } : { changes: changes.slice(firstFrom(revision)) },
    compact(revision) {
      if (revision <= oldest) return;
      oldest = revision;
      changes = changes.slice(firstFrom(revision));
    },
  };
}
