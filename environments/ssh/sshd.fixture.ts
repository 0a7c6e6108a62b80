/** A real SSH server on a loopback port with scratch keys, as whoever runs the tests. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import type { SshTarget } from './connection.ts';
import { makeSshKey } from './keys.ts';
import { sshServerConfig } from './server-config.ts';

const program = '/usr/sbin/sshd';
/** Needed by any sshd for its unprivileged part; a tmpfs may have lost it. */
const privilegeDir = '/run/sshd';

export interface TestServer extends AsyncDisposable {
  readonly dir: string;
  readonly target: SshTarget;
}

/** null when there is an SSH server to test with, else why not. */
export async function whyNoServer(): Promise<Error | null> {
  try {
    await access(program);
    return null;
  } catch (cause) {
    return new Error('no SSH server here: apt-get install openssh-server', { cause });
  }
}

export async function startServer(): Promise<TestServer> {
  const dir = await mkdtemp(path.join(tmpdir(), 'strata-sshd-'));
  const [hostKey, clientKey] = [makeSshKey('host'), makeSshKey('client')];
  const files = { hostKey: path.join(dir, 'host_key'), authorizedKeys: path.join(dir, 'authorized_keys') };
  await writeFile(files.hostKey, hostKey.privateKey, { mode: 0o600 });
  await writeFile(files.authorizedKeys, `${clientKey.publicKey}\n`, { mode: 0o600 });
  const config = path.join(dir, 'sshd_config');
  await writeFile(config, sshServerConfig(files));
  if (process.getuid?.() === 0) await mkdir(privilegeDir, { recursive: true, mode: 0o755 });
  const port = await freePort();
  const server = spawn(
    program,
    ['-D', '-e', '-f', config, '-p', String(port), '-o', 'ListenAddress=127.0.0.1'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  return {
    dir,
    target: {
      node: 'a',
      host: '127.0.0.1',
      port,
      user: userInfo().username,
      privateKey: clientKey.privateKey,
      hostKey: hostKey.publicKey,
      signal: new AbortController().signal,
      timeoutMs: 10_000,
      serialLog: null,
    },
    [Symbol.asyncDispose]: async () => {
      await ended(server);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGTERM');
  await once(server, 'exit');
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const port = portOf(probe);
  probe.close();
  await once(probe, 'close');
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** As a power cut: what is connected breaks off. */
  readonly cut: () => void;
  readonly connections: () => number;
  /** From now on, what the server says is held back until it has been silent for this long. */
  readonly gather: (silenceMs: number) => void;
}

/**
 * Stands between client and server, to be cut; on a free port unless told.
 */
export async function startRelay(toPort: number, port = 0): Promise<Relay> {
  const sockets = new Set<Socket>();
  let silenceMs = 0;
  const server = createServer((incoming) => {
    const outgoing = connect({ host: '127.0.0.1', port: toPort });
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
    incoming
      .pipe(outgoing)
      .pipe(gathering(() => silenceMs))
      .pipe(incoming);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', () => (connections += 1));
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: portOf(server),
    cut,
    connections: () => connections,
    gather: (ms) => (silenceMs = ms),
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

function gathering(silenceMs: () => number): Transform {
  let held: Buffer[] = [];
  let timer: NodeJS.Timeout | undefined;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      held.push(chunk);
      clearTimeout(timer);
      const handOn = () => {
        this.push(Buffer.concat(held));
        held = [];
      };
      if (silenceMs() === 0) handOn();
      else timer = setTimeout(handOn, silenceMs());
      done();
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
  });
}
