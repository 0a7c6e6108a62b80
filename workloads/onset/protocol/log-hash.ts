/**
 * A rolling hash over the executed log: equal on two replicas exactly when (but for 2⁻⁶⁴ chance) they executed the
 * same entries in the same order. Two 32-bit lanes, each one multiply-rotate round of the MurmurHash3 kind per word,
 * with different constants. Not cryptographic: it finds mistakes, not forgers.
 */
import type { Command } from './counter.ts';

export interface LogHash {
  high: number;
  low: number;
}

const commandWord: Readonly<Record<Command, number>> = { nop: 0, get: 1, inc: 2, dou: 3 };

export function emptyLogHash(): LogHash {
  return { high: 0x9e3779b9 | 0, low: 0x7f4a7c15 | 0 };
}

/** FNV-1a over UTF-16 code units; computed once per client. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}

/** Extends the hash in place by one executed order. */
export function extendLogHash(
  hash: LogHash,
  order: number,
  clientHash: number,
  sequence: number,
  command: Command,
): void {
  mix(hash, order | 0);
  mix(hash, clientHash);
  mix(hash, sequence | 0);
  mix(hash, (commandWord[command] << 28) ^ Math.floor(order / 0x100000000));
}

/** 16 hexadecimal digits. */
export function logHashText(hash: LogHash): string {
  return hex(hash.high) + hex(hash.low);
}

function mix(hash: LogHash, word: number): void {
  hash.high = Math.imul(rotate(hash.high ^ Math.imul(word, 0xcc9e2d51), 15), 5) + 0xe6546b64;
  hash.high |= 0;
  hash.low = Math.imul(rotate(hash.low ^ Math.imul(word ^ hash.high, 0x1b873593), 13), 9) + 0x38495ab5;
  hash.low |= 0;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
