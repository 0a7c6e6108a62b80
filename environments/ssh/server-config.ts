/**
 * The SSH server's side of a node, and the algorithms both sides speak. Chosen for a guest whose processor is
 * emulated, by the processor time the guest takes. Medians of five rounds in turn on a busy host, OpenSSH 10.0 in
 * one guest; the ratios count:
 *
 *     login, started per connection    560 ms    read 10 MB, chacha20-poly1305   320 ms
 *     … by a listening server          438 ms    … aes128-gcm                    625 ms
 *     … with UsePAM yes                892 ms    … aes128-ctr                    680 ms
 *     … with ECDH over nistp256        560 ms    command, bash as login shell     89 ms
 *     … with AES                540 – 604 ms    … dash as login shell            76 ms
 *
 * So no PAM and no AES; the key exchange makes no difference. A listening server reads its host key when it starts,
 * before a clone has one of its own; starting it anew for a single login was not measured.
 */
import type { Algorithms } from 'ssh2';

/** One cipher and one kind of key exchange, so that there is nothing to choose. */
export const clientAlgorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['chacha20-poly1305@openssh.com'],
  compress: ['none'],
} satisfies Algorithms;

export interface ServerFiles {
  readonly hostKey: string;
  readonly authorizedKeys: string;
}

/** Where a guest is given its identity. */
export const guestFiles: ServerFiles = {
  hostKey: '/run/strata/host_key',
  authorizedKeys: '/run/strata/authorized_keys',
};

/** Text for `sshd -f`. Pure. */
export function sshServerConfig(files: ServerFiles = guestFiles): string {
  return [
    `HostKey ${files.hostKey}`,
    `AuthorizedKeysFile ${files.authorizedKeys}`,
    'PermitRootLogin prohibit-password',
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'UsePAM no',
    'UseDNS no',
    'StrictModes no',
    'PrintMotd no',
    'PrintLastLog no',
    'X11Forwarding no',
    'AllowTcpForwarding yes',
    'AllowStreamLocalForwarding yes',
    'MaxSessions 1000',
    // In the session's own process: files without starting a program.
    'Subsystem sftp internal-sftp',
    `KexAlgorithms ${clientAlgorithms.kex.join(',')}`,
    `Ciphers ${clientAlgorithms.cipher.join(',')}`,
    'LogLevel ERROR',
    'PidFile none',
    '',
  ].join('\n');
}
