/**
 * Order and selection of keys. Keys are sorted by their UTF-8 bytes, which is the order of code points and differs
 * from JavaScript's `<` only where a surrogate pair meets a character from U+E000 up.
 */
import type { KeySelector } from './shared-memory.ts';
import { refused } from './failures.ts';

const firstSurrogate = 0xd800;
const firstAfterSurrogates = 0xe000;

/** Negative, zero or positive, as for `Array.prototype.sort`. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0;
  const shared = Math.min(a.length, b.length);
  let index = 0;
  while (index < shared && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  if (index === shared) return a.length - b.length;
  return rank(a.charCodeAt(index)) - rank(b.charCodeAt(index));
}

/** Surrogates stand for code points above U+FFFF, hence after every other code unit. */
function rank(unit: number): number {
  if (unit < firstSurrogate) return unit;
  return unit < firstAfterSurrogates ? unit + 0x10000 : unit;
}

export function selects(select: KeySelector, key: string): boolean {
  if ('key' in select) return select.key === key;
  if ('prefix' in select) return key.startsWith(select.prefix);
  return compareKeys(key, select.from) >= 0 && compareKeys(key, select.to) < 0;
}

/** Throws E513 for what no store can serve: an empty key, or a range that ends before it begins. */
export function checkSelector(select: KeySelector): void {
  if ('key' in select) checkKey(select.key);
  else if ('from' in select && compareKeys(select.from, select.to) >= 0) {
    throw refused(
      undefined,
      `the range from ${JSON.stringify(select.from)} to ${JSON.stringify(select.to)}`,
      new Error('"from" must sort before "to"'),
    );
  }
}

export function checkKey(key: string): void {
  if (key === '') throw refused(undefined, 'an empty key', new Error('a key has at least one character'));
}
