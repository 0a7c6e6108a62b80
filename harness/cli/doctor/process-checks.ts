/** What the process environment needs, and what makes it better. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasStorageMedia } from '../../../environments/environment.ts';
import { environmentFor } from '../../../environments/registry.ts';
import { startEtcdCommand } from '../../../workloads/shared-memory/etcd/command.ts';
import { etcdReady } from '../../../workloads/shared-memory/etcd/ready.ts';
import { failure, passed, type Check, type Finding } from './check.ts';
import { withProbeNode } from './probe-node.ts';

const common = { env: 'process', timeoutMs: 10_000 } as const;

export const processChecks: readonly Check[] = [
  {
    ...common,
    id: 'loopback',
    title: 'loopback sockets',
    enables: 'replicas and clients to talk',
    probe: probeLoopback,
  },
  {
    ...common,
    id: 'processes',
    title: 'child processes',
    enables: 'every replica to be a process of its own',
    probe: probeChild,
  },
  {
    ...common,
    id: 'temporary',
    title: 'temporary directory',
    enables: 'data directories of nodes',
    probe: probeTemporary,
  },
  {
    ...common,
    id: 'process-environment',
    title: 'environment process',
    enables: 'npm run bench, as it is',
    timeoutMs: 20_000,
    probe: async (signal) => {
      await environmentFor('process').preflight(signal);
      return passed('directories, port leases and processes work');
    },
  },
  { ...common, id: 'ram-disk', title: 'RAM disk', enables: '--store ram', probe: probeRamDisk },
  {
    ...common,
    id: 'etcd',
    title: 'etcd',
    enables: '--shared-memory etcd',
    timeoutMs: 30_000,
    probe: probeEtcd,
  },
];

async function probeLoopback(signal: AbortSignal): Promise<Finding> {
  const server = createServer((socket) => socket.end());
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening', { signal });
    return passed('a socket on 127.0.0.1 opens');
  } finally {
    server.close();
  }
}

async function probeChild(signal: AbortSignal): Promise<Finding> {
  const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore', signal });
  const [code] = (await once(child, 'exit', { signal })) as [number | null];
  if (code !== 0) throw new Error(`node -e 0 ended with ${code ?? 'a signal'}`);
  return passed(`Node.js ${process.version} starts as a child`);
}

async function probeTemporary(): Promise<Finding> {
  const directory = await mkdtemp(join(tmpdir(), 'strata-doctor-'));
  try {
    await writeFile(join(directory, 'probe'), 'x');
    return passed(`${tmpdir()} is writable`);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function probeRamDisk(): Promise<Finding> {
  const environment = environmentFor('process');
  if (!hasStorageMedia(environment) || !environment.storageMedia.has('ram')) {
    return {
      state: 'warn',
      detail: '/dev/shm is not in memory here; --store disk works',
      advice: 'mount a tmpfs at /dev/shm, or compare with --store disk only',
      fixes: [],
    };
  }
  await access('/dev/shm', constants.W_OK);
  return passed('/dev/shm is a writable tmpfs');
}

/** The embedded store works without it, so a missing etcd is no failure. */
async function probeEtcd(signal: AbortSignal): Promise<Finding> {
  try {
    return await withProbeNode(environmentFor('process'), signal, async (node) => {
      const version = await node.exec(['etcd', '--version'], { signal, timeoutMs: 10_000 });
      if (version.exitCode !== 0)
        throw new Error(`etcd --version: ${version.stderr.trim() || version.exitCode}`);
      const [clientPort, peerPort] = [await node.allocatePort(), await node.allocatePort()];
      const { address, dataDir } = node;
      await node.spawn(startEtcdCommand({ name: 'doctor', dataDir, address, clientPort, peerPort }), {
        name: 'etcd',
      });
      await etcdReady({ host: address, port: clientPort }, signal, { timeoutMs: 20_000 });
      return passed(`etcd ${/\d+\.\d+\.\d+/.exec(version.stdout)?.[0] ?? ''} runs and answers`);
    });
  } catch (error) {
    signal.throwIfAborted();
    const found = failure(error, 'warn', ['install-etcd']);
    return {
      ...found,
      detail: `etcd does not run here, so runs use the embedded store: ${found.detail}`,
      advice: 'install the Debian package etcd-server for figures over real etcd',
    };
  }
}
