/**
 * One kept SSH connection to a node. Everything a trial does on a machine goes through it as channels, because a
 * login costs half a second of a software-emulated guest and a channel a tenth.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { NodeSSH } from 'node-ssh';
import type { Client, ClientErrorExtensions } from 'ssh2';
import { waitFor } from '../../harness/foundation/deadline.ts';
import type { StrataError } from '../../harness/foundation/errors.ts';
import { connectionLost, keyRefused, logOf, otherHostKey, sshCodes, type ErrorPlace } from './errors.ts';
import { publicKeyBlob } from './keys.ts';
import { clientAlgorithms } from './server-config.ts';

export interface SshTarget extends ErrorPlace {
  /** `root` unless told. */
  readonly user?: string;
  /** The run's private key. */
  readonly privateKey: string;
  /** Public key line of the only host key that is accepted. */
  readonly hostKey: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

export interface SshConnection extends AsyncDisposable {
  readonly place: ErrorPlace;
  readonly client: Client;
  /** Settles when the connection has ended: null when we ended it, else what ended it. Never rejects. */
  readonly closed: Promise<StrataError | null>;
  /** Whether it has, for whatever reason. */
  readonly hasEnded: () => boolean;
  /** The node is being killed: the connection is cut at once, and what ran over it counts as killed (137). */
  readonly abandon: () => void;
}

/** A port nobody listens on may swallow the first packet; asking anew is faster than TCP's own repetition. */
const reachTimeoutMs = 500;
/** One login among 15 on a busy host; after it the server is taken for stuck and asked anew. */
const loginTimeoutMs = 20_000;
const goodbyeTimeoutMs = 500;
/** A node may be paused for long: what does not answer for two minutes is taken for dead. */
const keepalive = { keepaliveInterval: 15_000, keepaliveCountMax: 8 };

/**
 * Retries until the node answers. Rejects with E430 at the deadline, and at once with E431 when somebody else
 * answers, or E432 when the key is refused.
 */
export async function connectSsh(target: SshTarget): Promise<SshConnection> {
  const startedMs = performance.now();
  const wait = {
    what: `SSH to node ${target.node} (${target.host}:${target.port})`,
    timeoutMs: target.timeoutMs,
    signal: target.signal,
    code: sshCodes.unreachable,
    fix: 'look in the log whether the machine booted; on a busy host allow more time',
    ...logOf(target),
  };
  return waitFor(wait, async () => {
    const leftMs = Math.max(1, Math.ceil(target.timeoutMs - (performance.now() - startedMs)));
    const socket = await reach(target, Math.min(leftMs, reachTimeoutMs));
    return login(target, socket, Math.min(leftMs, loginTimeoutMs));
  });
}

async function reach({ host, port, signal }: SshTarget, timeoutMs: number): Promise<Socket> {
  const timer = AbortSignal.timeout(timeoutMs);
  const socket = connect({ host, port, noDelay: true });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, timer]) });
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw timer.aborted ? new Error(`no answer within ${timeoutMs} ms`, { cause: error }) : error;
  }
}

async function login(target: SshTarget, socket: Socket, readyTimeout: number): Promise<SshConnection> {
  const pinned = publicKeyBlob(target.hostKey);
  let shown: Buffer | undefined;
  const ssh = new NodeSSH();
  const connecting = ssh.connect({
    sock: socket,
    username: target.user ?? 'root',
    privateKey: target.privateKey,
    hostVerifier: (key: Buffer) => {
      shown = key;
      return key.equals(pinned);
    },
    algorithms: clientAlgorithms,
    readyTimeout,
    ...keepalive,
  });
  const client = ssh.connection;
  if (client === null) throw new Error('the SSH client did not begin to connect');
  const connection = kept(client, socket, target);
  const onAbort = () => socket.destroy();
  target.signal.addEventListener('abort', onAbort, { once: true });
  try {
    await connecting;
    return connection;
  } catch (error) {
    connection.abandon();
    if (shown?.equals(pinned) === false) throw otherHostKey(target, pinned, shown);
    if ((error as ClientErrorExtensions).level === 'client-authentication') throw keyRefused(target, error);
    throw error;
  } finally {
    target.signal.removeEventListener('abort', onAbort);
  }
}

function kept(client: Client, socket: Socket, target: SshTarget): SshConnection {
  const { node, host, port, serialLog } = target;
  const place = { node, host, port, serialLog };
  let ended = false;
  const closed = new Promise<StrataError | null>((resolve) => {
    let cause: Error | undefined;
    client.on('error', (error) => (cause ??= error));
    client.on('close', () => resolve(ended ? null : connectionLost(place, cause)));
  });
  const abandon = () => {
    ended = true;
    socket.destroy();
  };
  return {
    place,
    client,
    closed,
    hasEnded: () => socket.destroyed,
    abandon,
    [Symbol.asyncDispose]: async () => {
      ended = true;
      client.end();
      await Promise.race([closed, sleep(goodbyeTimeoutMs, undefined, { ref: false })]);
      abandon();
      await closed;
    },
  };
}
