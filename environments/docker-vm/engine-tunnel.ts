/**
 * The Docker Engine inside a machine, over the one SSH connection to it: each connection of the client library is a
 * channel to the engine's socket, opened by the SSH server itself. The client library's own way runs the docker
 * program in the guest for every request, which costs a second each under software emulation.
 */
import { Agent, type ClientRequestArgs } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SshConnection } from '../ssh/connection.ts';

const engineSocket = '/var/run/docker.sock';

type OnConnection = (error: Error | null, stream?: Duplex) => void;

export function engineTunnel({ client, closed, hasEnded }: SshConnection): Agent {
  const channels = new Set<Duplex>();
  // A channel that nobody reads is not told of its end, and what is written to it then is never answered. Not at once:
  // a request that was given one in this moment begins to listen to it in the next.
  void closed.then(() =>
    setImmediate(() => {
      for (const channel of channels) channel.emit('close');
    }),
  );
  // For the same reason none is kept for the next call: the engine may end it meanwhile. A new one costs milliseconds.
  return Object.assign(new Agent({ keepAlive: false }), {
    createConnection: (_options: ClientRequestArgs, done: OnConnection) => {
      if (hasEnded()) {
        void closed.then((cause) => done(new Error('the connection to the machine has ended', { cause })));
        return;
      }
      client.openssh_forwardOutStreamLocal(engineSocket, (error, channel) => {
        if (error !== undefined) {
          done(error);
          return;
        }
        channels.add(channel);
        channel.once('close', () => {
          if (!hasEnded()) channels.delete(channel);
        });
        done(null, socketLike(channel));
      });
    },
  });
}

/** What the HTTP client asks of a TCP socket and a channel has no use for. */
function socketLike(channel: Duplex): Duplex {
  const itself = () => channel;
  return Object.assign(channel, {
    setKeepAlive: itself,
    setNoDelay: itself,
    setTimeout: itself,
    ref: itself,
    unref: itself,
  });
}
