/**
 * Fresh Ed25519 pairs in OpenSSH's own formats, made in the harness without starting a program: one for the run's
 * client, one for each node to prove itself with. The key generator that ssh2 1.17 brings is not used: 10 of 3,500 of
 * its Ed25519 pairs did not work, the public half being a byte short.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';

export interface SshKey {
  /** PEM text as `ssh-keygen` writes it; for a client, or as a server's host key file. */
  readonly privateKey: string;
  /** One line without its end: for `authorized_keys`, or to pin a host key. */
  readonly publicKey: string;
}

const keyType = 'ssh-ed25519';
const blockBytes = 8;

/** The comment must fit on one line. */
export function makeSshKey(comment: string): SshKey {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (x === undefined || d === undefined) throw new Error('an Ed25519 key without its numbers');
  const publicBytes = Buffer.from(x, 'base64url');
  const blob = Buffer.concat([field(keyType), field(publicBytes)]);
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), publicBytes]);
  return {
    privateKey: privateKeyText(blob, secret, comment),
    publicKey: `${publicKeyLine(blob)} ${comment}`,
  };
}

/** The key itself as it travels in the protocol, out of a public key line. */
export function publicKeyBlob(line: string): Buffer {
  const [type, base64] = line.trim().split(' ');
  if (type !== keyType || base64 === undefined) throw new Error(`not a line with an Ed25519 key: ${line}`);
  return Buffer.from(base64, 'base64');
}

function publicKeyLine(blob: Buffer): string {
  return `${keyType} ${blob.toString('base64')}`;
}

/** The format of OpenSSH's PROTOCOL.key, unencrypted. */
function privateKeyText(blob: Buffer, secret: Buffer, comment: string): string {
  // The same number twice lets a reader see that decryption worked.
  const check = randomBytes(4);
  const section = Buffer.concat([check, check, blob, field(secret), field(comment)]);
  const padding = Uint8Array.from(
    { length: (blockBytes - (section.length % blockBytes)) % blockBytes },
    (_, index) => index + 1,
  );
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    field('none'),
    field('none'),
    field(''),
    uint32(1),
    field(blob),
    field(Buffer.concat([section, padding])),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join(
    '\n',
  );
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
