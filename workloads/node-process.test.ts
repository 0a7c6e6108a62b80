import { describe, expect, it } from 'vitest';
import type { Node, NodeProcess } from '../environments/environment.ts';
import { unlessEnded } from './node-process.ts';

const node = { name: 'db-2', logDir: '/logs/db-2' } as Node;

function process(exitCode: Promise<number>, words = ''): NodeProcess {
  return {
    name: 'agent',
    exited: exitCode,
    signal: () => Promise.resolve(),
    logTail: () => Promise.resolve(words),
  };
}

const never = new Promise<never>(() => undefined);
const waitOn = (exitCode: number, words?: string) =>
  unlessEnded(process(Promise.resolve(exitCode), words), node, never, {
    code: 'STRATA-E541',
    when: 'before it was ready',
    install: 'agent (apt-get install agent)',
  });

describe('work that a process has to do', () => {
  it('gives what it gives while the process runs', async () => {
    const work = Promise.resolve('done');
    expect(await unlessEnded(process(never), node, work, { code: 'STRATA-E541' })).toBe('done');
  });

  it('fails as it fails while the process runs', async () => {
    const work = Promise.reject(new Error('refused'));
    await expect(unlessEnded(process(never), node, work, { code: 'STRATA-E541' })).rejects.toThrow('refused');
  });

  it('fails with the last words of a process that ended', async () => {
    await expect(waitOn(3, 'no space left\n')).rejects.toMatchObject({
      code: 'STRATA-E541',
      message: 'agent on db-2 ended with exit code 3 before it was ready',
      fix: 'read its last words below',
      cause: new Error('no space left'),
      log: '/logs/db-2',
    });
  });

  it('names the signal that ended a silent process, and who may have sent it', async () => {
    await expect(waitOn(137)).rejects.toMatchObject({
      message: 'agent on db-2 was ended by SIGKILL before it was ready',
      fix: expect.stringMatching(/^it wrote nothing: a memory limit killed it, or another user/) as string,
    });
  });

  it('tells how to get a program that was not found', async () => {
    await expect(waitOn(127)).rejects.toMatchObject({
      fix: 'install agent (apt-get install agent) on the node: it was not found',
    });
  });
});
