import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shellLine, type LineRequest } from './shell-line.ts';

const request: LineRequest = {
  workDir: '/',
  command: ['true'],
  env: {},
  hasInput: false,
  merged: false,
  nonce: 'nonce',
};

const words = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((text) => !text.includes('\0'));

describe('a command as a shell line', () => {
  it('arrives with every argument and variable unchanged, whatever they hold', () => {
    const print = 'process.stdout.write(JSON.stringify([process.argv.slice(1), process.env.V]))';
    const property = fc.property(fc.array(words, { maxLength: 4 }), words, (args, value) => {
      const command = [process.execPath, '-e', print, '--', ...args] as const;
      const line = shellLine({ ...request, command, env: { V: value } });
      expect(JSON.parse(execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8', stdio: 'pipe' }))).toEqual([
        args,
        value,
      ]);
    });
    fc.assert(property, { numRuns: 15 });
  });

  it('starts in the directory, says its process id behind the word and becomes the command', () => {
    const line = shellLine({ ...request, workDir: '/usr/bin', command: ['sh', '-c', 'echo $$; pwd'] });
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
    const [pid, directory] = stdout.split('\n');
    expect([stderr, directory]).toEqual([`nonce ${String(pid)}\n`, '/usr/bin']);
  });

  it('says that the program is missing, and does not start anywhere else than asked', () => {
    const missing = shellLine({ ...request, command: ['no-such-program-here'] });
    expect(spawnSync('/bin/sh', ['-c', missing], { encoding: 'utf8' })).toMatchObject({
      status: 127,
      stderr: 'nonce missing\n',
    });
    const astray = shellLine({ ...request, workDir: '/no/such directory', command: ['echo', 'here'] });
    expect(spawnSync('/bin/sh', ['-c', astray], { encoding: 'utf8' })).toMatchObject({
      status: 126,
      stdout: '',
    });
  });

  it('is refused when a shell or the kernel would not take it', () => {
    expect(() => shellLine({ ...request, env: { 'NOT.A.NAME': '1' } })).toThrow(/NOT\.A\.NAME/);
    expect(() => shellLine({ ...request, command: ['echo', 'a\0b'] })).toThrow(/zero byte/);
    expect(() => shellLine({ ...request, command: ['echo', 'x'.repeat(131_072)] })).toThrow(/E2BIG/);
  });
});
