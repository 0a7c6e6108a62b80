import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import ssh2 from 'ssh2';
import { describe, expect, it } from 'vitest';
import { makeSshKey, publicKeyBlob } from './keys.ts';

const { parseKey } = ssh2.utils;

describe('a fresh key', () => {
  it('signs what its public half verifies, every one of 400', () => {
    for (let index = 0; index < 400; index += 1) {
      const pair = makeSshKey(`key ${index}`);
      const secret = parseKey(pair.privateKey);
      const known = parseKey(pair.publicKey);
      if (secret instanceof Error || known instanceof Error)
        throw new Error(`unreadable: ${pair.privateKey}`);
      expect(known.verify('words', secret.sign('words'))).toBe(true);
      expect(secret.comment).toBe(`key ${index}`);
    }
  });

  it('is read by OpenSSH itself, which finds the same public half', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'key '));
    try {
      const pair = makeSshKey('strata run');
      const file = path.join(dir, 'key');
      await writeFile(file, pair.privateKey, { mode: 0o600 });
      const { stdout } = await promisify(execFile)('ssh-keygen', ['-y', '-f', file]);
      expect(stdout.trim()).toBe(pair.publicKey);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('is never the same twice', () => {
    expect(makeSshKey('a').publicKey).not.toBe(makeSshKey('a').publicKey);
  });
});

describe('a public key line', () => {
  it('gives the key as it travels, whatever the comment', () => {
    const { publicKey } = makeSshKey('two words');
    expect(publicKeyBlob(`${publicKey}\n`).subarray(4, 15).toString()).toBe('ssh-ed25519');
  });

  it('of another kind is refused', () => {
    expect(() => publicKeyBlob('ssh-rsa AAAAB3NzaC1yc2E= me')).toThrow(/not a line with an Ed25519 key/);
  });
});
