/**
 * A stand-in for a guest in tests: a network namespace on the bridge. To bridge, routes and firewall its frames are
 * those of a machine, and it is there in milliseconds.
 */
import { execa } from 'execa';
import { randomBytes } from 'node:crypto';

export interface GuestNamespace extends AsyncDisposable {
  /** Whether a TCP connection from inside comes about within a second. */
  readonly reaches: (address: string, port: number) => Promise<boolean>;
  /** Runs a command inside. */
  readonly run: (...command: [string, ...string[]]) => Promise<string>;
}

/** Says yes to every connection on `port`, of which the guest has one. */
export const port = 7000;
const serve = `require('net').createServer((s) => s.destroy()).listen(${port}, () => console.log('listening'))`;
const ask = (address: string, to: number) =>
  `const s = require('net').connect(${to}, '${address}'); s.setTimeout(1000, () => process.exit(2));` +
  `s.on('connect', () => process.exit(0)); s.on('error', () => process.exit(1))`;

/** A link of its own attached to `bridge`, the address, and a server on {@link port}. */
export async function startGuest(bridge: string, address: string): Promise<GuestNamespace> {
  const name = `strata-test-${randomBytes(3).toString('hex')}`;
  const link = `st${randomBytes(4).toString('hex')}`;
  const inside = (...command: string[]) => execa('ip', ['netns', 'exec', name, ...command]);
  await execa('ip', ['netns', 'add', name]);
  await execa('ip', ['-batch', '-'], {
    input: [
      `link add name ${link} type veth peer name eth0 netns ${name}`,
      `link set dev ${link} master ${bridge} up\n`,
    ].join('\n'),
  });
  await execa('ip', ['-n', name, '-batch', '-'], {
    input: ['link set dev lo up', `addr add ${address}/24 dev eth0`, 'link set dev eth0 up\n'].join('\n'),
  });
  const server = execa('ip', ['netns', 'exec', name, process.execPath, '-e', serve], { reject: false });
  await new Promise((resolve) => server.stdout.once('data', resolve));
  return {
    reaches: async (to, toPort) => {
      const { exitCode } = await execa(
        'ip',
        ['netns', 'exec', name, process.execPath, '-e', ask(to, toPort)],
        { reject: false },
      );
      return exitCode === 0;
    },
    run: async (...command) => (await inside(...command)).stdout,
    [Symbol.asyncDispose]: async () => {
      server.kill('SIGKILL');
      await server;
      await execa('ip', ['netns', 'del', name]);
    },
  };
}
