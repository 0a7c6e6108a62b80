import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundle } from '../../../harness/foundation/bundle.ts';
import type { RunningStore } from '../contract/harness.ts';
import { describeSharedMemoryContract } from '../shared-memory.contract.ts';
import { startEtcdCommand } from './command.ts';
import { etcdReady } from './ready.ts';

const host = '127.0.0.1';
const isInstalled = spawnSync('etcd', ['--version']).status === 0;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function startEtcd(): Promise<RunningStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'strata-etcd-test-'));
  const [clientPort, peerPort] = [await freePort(), await freePort()];
  const [command, ...args] = startEtcdCommand({ name: 'test', dataDir, address: host, clientPort, peerPort });
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const kill = () => end(child);
  const dispose = async () => {
    await kill();
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    await etcdReady({ host, port: clientPort }, new AbortController().signal);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { host, port: clientPort, kill, [Symbol.asyncDispose]: dispose };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

if (isInstalled) describeSharedMemoryContract('etcd', { kind: 'etcd', start: startEtcd });
else {
  it.skipIf(process.env['CI'] !== 'true')('etcd is not installed (Debian package etcd-server)', () => {
    expect.fail('CI must install etcd');
  });
}

it.runIf(isInstalled)('the client works as one bundled file, away from its packages', async () => {
  await using store = await startEtcd();
  const dir = await mkdtemp(join(tmpdir(), 'strata-bundle-test-'));
  try {
    const connect = join(import.meta.dirname, '..', 'connect.ts');
    await writeFile(join(dir, 'entry.ts'), bundledProgram(connect, store.port));
    await bundle(join(dir, 'entry.ts'), join(dir, 'client.cjs'));
    const run = spawnSync(process.execPath, ['client.cjs'], { cwd: dir, encoding: 'utf8', timeout: 20_000 });
    expect(run).toMatchObject({ status: 0, stdout: 'héllo', stderr: '' });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

const bundledProgram = (connect: string, port: number) => `
  import { connectSharedMemory } from ${JSON.stringify(connect)};
  async function main() {
    const at = { kind: 'etcd', host: '${host}', port: ${port} } as const;
    const memory = await connectSharedMemory(at, new AbortController().signal);
    await memory.commit({ guards: [], success: [{ op: 'put', key: 'a', value: 'h\u00e9llo' }] });
    process.stdout.write((await memory.range({ key: 'a' })).records[0]?.value ?? 'nothing');
    await memory[Symbol.asyncDispose]();
  }
  void main();
`;

it('a place without etcd is not ready, and the refused connection is the cause', async () => {
  const ready = etcdReady({ host, port: await freePort() }, new AbortController().signal, { timeoutMs: 200 });
  await expect(ready).rejects.toMatchObject({ code: 'STRATA-E519', cause: { code: 'ECONNREFUSED' } });
});
