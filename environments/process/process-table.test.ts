import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { markVariables, parseMarks, parseStat, processTable } from './process-table.ts';

const marks = { runId: 'table-test', trialId: 't0001', node: 'a' };

test('a command name with spaces and parentheses does not shift the fields', () => {
  const fields = 'S 10 20 30 0 -1 0 1 2 3 4 5 6 7 8 20 0 1 0 999 0 0 0';
  expect(parseStat(42, `42 (a ) (b) ${fields}`)).toEqual({
    pid: 42,
    state: 'S',
    parent: 10,
    group: 20,
    session: 30,
    ownTicks: 5 + 6,
    waitedTicks: 7 + 8,
    startTicks: 999,
  });
});

test('a stat that is cut off is no row', () => {
  expect(parseStat(42, '42 (sh) S 10 20')).toBeNull();
});

test('only a process with all three marks is taken for one of ours', () => {
  const environ = (entries: Record<string, string>) =>
    Object.entries(entries)
      .map(([name, value]) => `${name}=${value}\0`)
      .join('');
  expect(parseMarks(environ({ PATH: '/bin', ...markVariables(marks) }))).toEqual(marks);
  expect(parseMarks(environ({ STRATA_RUN: 'exported-by-a-user', STRATA_NODE: 'x' }))).toBeNull();
  expect(parseMarks(environ({ NOT_STRATA_RUN: 'x' }))).toBeNull();
});

test('a marked process is found, and this one is there without marks', async () => {
  const child = spawn('sleep', ['60'], { env: markVariables(marks) });
  try {
    await once(child, 'spawn');
    const table = processTable();
    await table();
    const rows = await table();
    expect(rows.find((row) => row.pid === child.pid)).toMatchObject({ marks, parent: process.pid });
    expect(rows.find((row) => row.pid === process.pid)).toMatchObject({ marks: null });
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});
