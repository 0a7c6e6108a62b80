/** The current records of the embedded store, sorted by key. */
import { compareKeys } from '../keys.ts';
import type { KeySelector, MemoryRecord } from '../shared-memory.ts';

export interface Records {
  get(key: string): MemoryRecord | undefined;
  set(record: MemoryRecord): void;
  delete(key: string): void;
  select(select: KeySelector): MemoryRecord[];
}

/** A map for lookups beside a sorted array for ranges; keys mostly arrive at its end, where inserting is cheap. */
export function createRecords(): Records {
  const byKey = new Map<string, MemoryRecord>();
  const sorted: string[] = [];
  const slice = (from: number, isInside: (key: string) => boolean) => {
    const found: MemoryRecord[] = [];
    for (let index = from; index < sorted.length; index += 1) {
      const record = byKey.get(sorted[index] ?? '');
      if (record === undefined || !isInside(record.key)) break;
      found.push(record);
    }
    return found;
  };
  return {
    get: (key) => byKey.get(key),
    set(record) {
      if (!byKey.has(record.key)) sorted.splice(firstNotBefore(sorted, record.key), 0, record.key);
      byKey.set(record.key, record);
    },
    delete(key) {
      if (byKey.delete(key)) sorted.splice(firstNotBefore(sorted, key), 1);
    },
    select(select) {
      if ('key' in select) {
        const record = byKey.get(select.key);
        return record === undefined ? [] : [record];
      }
      if ('prefix' in select) {
        const { prefix } = select;
        return slice(firstNotBefore(sorted, prefix), (key) => key.startsWith(prefix));
      }
      return slice(firstNotBefore(sorted, select.from), (key) => compareKeys(key, select.to) < 0);
    },
  };
}

/** Index of the first key that does not sort before `key`. */
function firstNotBefore(sorted: readonly string[], key: string): number {
  const last = sorted.at(-1);
  if (last === undefined || compareKeys(last, key) < 0) return sorted.length;
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(sorted[middle] ?? '', key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
