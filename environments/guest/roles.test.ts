import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { roles, roleScripts } from './roles.ts';

const scripts = roleScripts('strata-rootfs:0123');

describe('role scripts', () => {
  it('exist for every role, and the plain one runs nothing', () => {
    expect(Object.keys(scripts).sort()).toEqual([...roles].sort());
    expect(scripts.plain).toBe('');
  });

  it.each(['mariadb', 'docker'] as const)('are what a shell can read: %s', async (role) => {
    const read = await execa('sh', ['-n'], { input: scripts[role], reject: false });
    expect([read.exitCode, read.stderr]).toEqual([0, '']);
  });

  it('wait for the image under the tag they were given', () => {
    expect(scripts.docker).toContain("'strata-rootfs:0123'");
  });

  it('hold nothing that would end the quotes around the program they pass on', () => {
    const program = /perl -e '([^']*)' \$engine/.exec(scripts.docker)?.[1];
    expect(program).toContain('dockerd ended');
  });
});
