import { describe, expect, it } from 'vitest';
import { applyCommand } from './counter.ts';
import { emptyLogHash, extendLogHash, hashText, logHashText } from './log-hash.ts';

describe('the counter', () => {
  it('halves, rounding down, only above 30', () => {
    expect(applyCommand(30, 'dou')).toBe(30);
    expect(applyCommand(31, 'dou')).toBe(15);
    expect(applyCommand(33, 'get')).toBe(33);
    expect(applyCommand(33, 'inc')).toBe(34);
    expect(applyCommand(33, 'nop')).toBe(33);
  });
});

describe('the log hash', () => {
  const hashOf = (
    ...entries: readonly [order: number, client: string, sequence: number, command: 'get' | 'inc'][]
  ) => {
    const hash = emptyLogHash();
    for (const [order, client, sequence, command] of entries)
      extendLogHash(hash, order, hashText(client), sequence, command);
    return logHashText(hash);
  };

  it('tells order, client, sequence and command apart', () => {
    const hashes = [
      hashOf([1, 'a', 1, 'inc'], [2, 'b', 1, 'inc']),
      hashOf([1, 'b', 1, 'inc'], [2, 'a', 1, 'inc']),
      hashOf([1, 'a', 1, 'inc'], [2, 'b', 1, 'get']),
      hashOf([1, 'a', 1, 'inc'], [2, 'b', 2, 'inc']),
      hashOf([1, 'a', 1, 'inc'], [3, 'b', 1, 'inc']),
      hashOf([1, 'a', 1, 'inc']),
      hashOf(),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('has no collision among 200 000 near-equal logs', () => {
    const hashes = new Set<string>();
    for (let sequence = 1; sequence <= 200_000; sequence += 1) hashes.add(hashOf([1, 'a', sequence, 'inc']));
    expect(hashes.size).toBe(200_000);
  });
});
