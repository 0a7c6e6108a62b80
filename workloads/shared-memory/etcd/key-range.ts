/** How etcd names a set of keys: a first key and the key behind the last one, in bytes. */
import { checkSelector } from '../keys.ts';
import type { KeySelector } from '../shared-memory.ts';

export interface KeyRange {
  readonly key: string;
  /** Absent = the one key. */
  readonly rangeEnd?: string | Uint8Array;
}

/** etcd has no empty key; this one sorts first. */
const firstKey = '\0';
/** As a range end: no upper bound. */
const unbounded = '\0';

/** Throws E513 for an empty key or an empty range, which etcd would read as something else. */
export function keyRange(select: KeySelector): KeyRange {
  checkSelector(select);
  if ('key' in select) return { key: select.key };
  if ('from' in select) return { key: select.from === '' ? firstKey : select.from, rangeEnd: select.to };
  if (select.prefix === '') return { key: firstKey, rangeEnd: unbounded };
  return { key: select.prefix, rangeEnd: prefixEnd(select.prefix) };
}

/**
 * The first key behind all keys with the prefix: its last byte that is not 0xff, plus one. UTF-8 never contains
 * 0xff, but the result need not be UTF-8, so it stays bytes.
 */
function prefixEnd(prefix: string): Uint8Array {
  const end = Buffer.from(prefix);
  const last = end.length - 1;
  end[last] = (end[last] ?? 0) + 1;
  return end;
}
