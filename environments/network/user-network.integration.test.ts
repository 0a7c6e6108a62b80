import { once } from 'node:events';
import { connect } from 'node:net';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { connectQmp } from '../machine/qmp/client.ts';
import { openUserNetwork, type Monitor } from './user-network-ports.ts';

const { signal } = new AbortController();

describe('the ports of a user network', { timeout: 60_000 }, () => {
  it('are listened to by QEMU on the address of their node, and nowhere else', async () => {
    await using leaseDirectory = await temporaryDirectory();
    await using network = await openUserNetwork(`net-test-${randomUUID()}`, leaseDirectory.path);
    await using nodes = await network.attach(2);
    await using qemu = await startQemu();
    const [a, b] = nodes.list;
    const ports = [await a?.allocatePort(qemu.monitor), await a?.allocatePort(qemu.monitor)];
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) {
      expect(await answers(a?.address, port)).toBe(true);
      expect(await answers(b?.address, port)).toBe(false);
      expect(await answers('127.0.0.1', port)).toBe(false);
    }
  });

  it('pass over one that somebody took after it was leased', async () => {
    await using leaseDirectory = await temporaryDirectory();
    await using network = await openUserNetwork(`net-test-${randomUUID()}`, leaseDirectory.path);
    await using nodes = await network.attach(1);
    await using qemu = await startQemu();
    const [node] = nodes.list;
    const run = async (line: string) =>
      lines.push(line) === 1 ? 'could not set up' : qemu.monitor.run(line);
    const lines: string[] = [];
    const port = await node?.allocatePort({ ...qemu.monitor, run });
    expect(lines).toHaveLength(2);
    expect(await answers(node?.address, port)).toBe(true);
    const refused = node?.allocatePort({ ...qemu.monitor, netdev: 'none' });
    await expect(refused).rejects.toMatchObject({ code: 'STRATA-E349' });
  });

  it('are given back with their nodes, and all with the network', async () => {
    await using leaseDirectory = await temporaryDirectory();
    const leased = async () => (await readdir(leaseDirectory.path)).filter((name) => /^\d+$/.test(name));
    const network = await openUserNetwork(`net-test-${randomUUID()}`, leaseDirectory.path);
    const [first, second] = [await network.attach(3), await network.attach(1)];
    await first.list[0]?.allocatePort({ run: () => Promise.resolve(''), netdev: 'net0' });
    expect(await leased()).toHaveLength(4 + 1 + 2);
    await first[Symbol.asyncDispose]();
    expect(await leased()).toHaveLength(2);
    expect(second.list[0]?.address).not.toBe(first.list[0]?.address);
    await network[Symbol.asyncDispose]();
    expect(await readdir(leaseDirectory.path)).toEqual([]);
  });
});

async function temporaryDirectory() {
  const directory = await mkdtemp(path.join(tmpdir(), 'strata-net-test-'));
  return { path: directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
}

/** A QEMU without a machine, its user network only; of an ordinary user where this process is root. */
async function startQemu(): Promise<{ monitor: Monitor } & AsyncDisposable> {
  const directory = await temporaryDirectory();
  await chmod(directory.path, 0o777);
  const socket = path.join(directory.path, 'qmp');
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const machine = ['-machine', 'none', '-nodefaults', '-no-user-config', '-display', 'none'];
  const network = [
    '-netdev',
    'user,id=net0,restrict=on,ipv6=off',
    '-qmp',
    `unix:${socket},server=on,wait=off`,
  ];
  const child = execa('qemu-system-x86_64', [...machine, ...network], {
    ...user,
    reject: false,
    timeout: 30_000,
  });
  const qmp = await connectQmp({ path: socket, signal, timeoutMs: 20_000, processExited: child });
  const run = (line: string) => qmp.execute('human-monitor-command', { 'command-line': line });
  return {
    monitor: { run, netdev: 'net0' },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await child;
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function answers(host = '', port = 0): Promise<boolean> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
