import { expect, test } from 'vitest';
import { account, emptyAccount } from './cpu-account.ts';
import type { ProcessRow } from './process-table.ts';

const row = (pid: number, parent: number, ownTicks: number, waitedTicks = 0, startTicks = 1): ProcessRow => ({
  pid,
  parent,
  ownTicks,
  waitedTicks,
  startTicks,
  group: pid,
  session: pid,
  state: 'S',
});
const harness = 1;

test('the sum of what runs', () => {
  expect(account(emptyAccount, [row(10, harness, 5, 2), row(11, 10, 7)]).totalTicks).toBe(14);
});

test('an ended child is counted once: in the waited-for time of its parent', () => {
  const before = account(emptyAccount, [row(10, harness, 5), row(11, 10, 7)]);
  expect(account(before, [row(10, harness, 5, 8)]).totalTicks).toBe(13);
});

test('an ended process that the harness started keeps its last figure', () => {
  const before = account(emptyAccount, [row(10, harness, 5), row(11, 10, 7)]);
  const after = account(before, []);
  expect(account(after, [row(12, harness, 3)]).totalTicks).toBe(5 + 3 + 7);
});

test('a pid given anew is another process', () => {
  const before = account(emptyAccount, [row(10, harness, 50)]);
  expect(account(before, [row(10, harness, 1, 0, 99)]).totalTicks).toBe(51);
});

test('the sum never shrinks', () => {
  const before = account(emptyAccount, [row(10, harness, 5), row(11, 10, 7)]);
  expect(account(before, [row(10, harness, 5)]).totalTicks).toBe(12);
});
