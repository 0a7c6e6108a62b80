import pc from 'picocolors';
import { expect, it } from 'vitest';
import { StrataError } from '../foundation/errors.ts';
import { showError } from './errors.ts';

const page = {
  columns: 100,
  colors: pc.createColors(false),
  isVerbose: false,
  context: 'Node.js v20, strata bench',
};
const full = new StrataError({
  code: 'STRATA-E312',
  message: 'Docker Engine may not be used by this user',
  fix: 'join the group docker',
  cause: new Error('connect failed', { cause: new Error('EACCES /var/run/docker.sock') }),
  log: 'results/data/r/logs/engine.log',
  leftBehind: ['network strata-r'],
});

it('shows what failed, every cause, the fix, the log, what stayed behind, and the code', () => {
  const { text, exitCode } = showError(full, page);
  expect(exitCode).toBe(3);
  for (const part of [
    'STRATA-E312',
    'may not be used',
    'connect failed',
    'EACCES',
    'join the group',
    'engine.log',
    'network strata-r',
    'npm run clean',
  ]) {
    expect(text).toContain(part);
  }
});

it('never shows a stack of a foreseen failure', () => {
  expect(showError(full, { ...page, isVerbose: true }).text).not.toContain('errors.test.ts');
});

it('owns up to a bug, exits with 1, and shows the stack only with -v', () => {
  const bug = new TypeError('x is not a function');
  const { text, exitCode } = showError(bug, page);
  expect(exitCode).toBe(1);
  expect(text).toContain('STRATA-E100 unexpected: x is not a function');
  expect(text).toContain('this is a bug in strata');
  expect(text).not.toContain('errors.test.ts');
  expect(showError(bug, { ...page, isVerbose: true }).text).toContain('errors.test.ts');
});

it('survives whatever is thrown', () => {
  for (const thrown of [undefined, null, 'text', { a: 1 }]) expect(showError(thrown, page).exitCode).toBe(1);
});

it('does not let a log line take over the terminal', () => {
  const hostile = new StrataError({
    code: 'STRATA-E401',
    message: `a${String.fromCharCode(27)}[2Jb`,
    fix: 'none',
  });
  expect(showError(hostile, page).text).not.toContain(String.fromCharCode(27));
});
