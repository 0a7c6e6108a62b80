import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findQemu, parseVersion } from './qemu-version.ts';

describe('the version', () => {
  it.each([
    ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright (c) 2003-2022', '7.2.22'],
    ['qemu-img version 10.0.2 (Debian 1:10.0.2+ds-2)', '10.0.2'],
    ['QEMU emulator version 9.1.50 (v9.1.0-1-gabcdef)', '9.1.50'],
    ['qemu-system-x86_64: unknown option', null],
  ])('is read from %j', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });
});

describe('looking for QEMU', () => {
  const { signal } = new AbortController();
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'strata bin-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const program = async (name: string, script: string, mode = 0o755) => {
    await writeFile(path.join(dir, name), `#!/bin/sh\n${script}\n`);
    await chmod(path.join(dir, name), mode);
  };
  const look = () => findQemu(signal, { PATH: `relative:${dir}` });

  it('tells where both programs are and their versions', async () => {
    await program('qemu-system-x86_64', 'echo QEMU emulator version 10.0.2');
    await program('qemu-img', 'echo qemu-img version 10.0.3');
    expect(await look()).toEqual({
      system: { path: path.join(dir, 'qemu-system-x86_64'), version: '10.0.2' },
      img: { path: path.join(dir, 'qemu-img'), version: '10.0.3' },
    });
  });

  it.each([
    ['qemu-system-x86_64', 'qemu-img'],
    ['qemu-img', 'qemu-system-x86_64'],
  ])('names what to install when %s is missing or may not be run', async (missing, there) => {
    await program(there, 'echo version 10.0.2');
    await program(missing, 'echo version 10.0.2', 0o644);
    await expect(look()).rejects.toMatchObject({
      code: 'STRATA-E320',
      message: expect.stringContaining(`${missing} is not installed`) as string,
      fix: expect.stringContaining(
        'apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils',
      ) as string,
    });
  });

  it.each([
    [
      'fails, with its words',
      'echo "libpixman-1.so.0: cannot open" >&2; exit 127',
      'does not run',
      /libpixman/,
    ],
    ['says something else', 'echo hello', 'does not tell its version', /hello/],
  ])('refuses a program that %s', async (_what, script, message, cause) => {
    await program('qemu-system-x86_64', script);
    await program('qemu-img', 'echo version 10.0.2');
    await expect(look()).rejects.toMatchObject({
      code: 'STRATA-E320',
      message: expect.stringContaining(message) as string,
      cause: { message: expect.stringMatching(cause) as string },
    });
  });
});
