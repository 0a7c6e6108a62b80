import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describeEnvironmentContract } from '../environment.contract.ts';
import type { Node, NodeSpec, OpenEnvironment, StartedNodes } from '../environment.ts';
import { registerLiveRun } from '../live-runs.ts';
import { createDockerEnvironment } from './docker-environment.ts';
import { connectEngine } from './engine.ts';
import { dockerRemnants, listLeftovers, removeLeftovers } from './leftovers.ts';
import { createRunNetwork } from './network.ts';
import { nodeStats } from './stats.ts';
import { chooseSubnet, formatSubnet } from '../network/subnet.ts';
import { whyDockerIsUnavailable } from './availability.ts';

const unavailable = await whyDockerIsUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

describe.skipIf(unavailable !== null)(
  `docker environment${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    describeEnvironmentContract('docker', createDockerEnvironment, {
      factory: {
        module: new URL('./docker-environment.ts', import.meta.url),
        exportName: 'createDockerEnvironment',
      },
      // The engine takes no container with so little memory.
      failing: { node: { name: 'tiny', storage: 'disk', memoryBytes: 4096 }, words: /memory limit/i },
      remnants: (runId) => dockerRemnants(connectEngine(), runId),
      caseTimeoutMs: 60_000,
      startTimeoutMs: 120_000,
    });
    describe('beyond the contract', beyondTheContract);
  },
);

function beyondTheContract(): void {
  const runId = `docker-test-${process.pid}`;
  const limited: NodeSpec = { name: 'limited', storage: 'ram', cpus: 0.5, memoryBytes: 128 * 1024 * 1024 };
  const free: NodeSpec = { name: 'free', storage: 'disk' };
  let logDir: string;
  let live: AsyncDisposable;
  let environment: OpenEnvironment;
  let started: StartedNodes;
  const node = (name: string): Node => {
    const found = started.nodes.find((candidate) => candidate.name === name);
    if (found === undefined) throw new Error(`no node ${name}`);
    return found;
  };
  const shell = async (name: string, script: string) =>
    node(name).exec(['sh', '-c', script], { signal: new AbortController().signal, timeoutMs: 20_000 });

  beforeAll(async () => {
    logDir = await mkdtemp(path.join(tmpdir(), 'docker test '));
    live = await registerLiveRun(runId);
    const { signal } = new AbortController();
    environment = await createDockerEnvironment().open({ runId, logDir, signal, progress: () => undefined });
    started = await environment.start({ trialId: 't0001', nodes: [limited, free], signal });
  });

  afterAll(async () => {
    await started[Symbol.asyncDispose]();
    await environment[Symbol.asyncDispose]();
    await live[Symbol.asyncDispose]();
    await rm(logDir, { recursive: true, force: true });
  });

  it('names and labels everything with the run id', async () => {
    const leftovers = await listLeftovers(connectEngine(), runId);
    const named = leftovers
      .filter(({ kind }) => kind !== 'volume')
      .map(({ kind, name }) => `${kind} ${name}`);
    expect(named.sort()).toEqual([
      `container strata-${runId}-t0001-free`,
      `container strata-${runId}-t0001-limited`,
      `network strata-${runId}`,
    ]);
    expect(leftovers.filter(({ kind }) => kind === 'volume')).toHaveLength(1);
    expect(new Set(leftovers.map((leftover) => leftover.runId))).toEqual(new Set([runId]));
  });

  it('the kernel holds a node to the cpu and memory asked for, and others to nothing', async () => {
    const limits = `cd /sys/fs/cgroup
      if [ -f cgroup.controllers ]; then cat cpu.max memory.max
      else echo $(cat cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us); cat memory/memory.limit_in_bytes; fi`;
    expect((await shell('limited', limits)).stdout).toBe(`50000 100000\n${limited.memoryBytes}\n`);
    const [quota, memory] = (await shell('free', limits)).stdout.split('\n');
    expect(quota).toMatch(/^(?:-1|max) 100000$/);
    expect(memory === 'max' || Number(memory) > 1e15).toBe(true);
  });

  it('a node over its cpu limit is throttled, and its stats say for how long', async () => {
    const before = await node('limited').stats();
    await shell('limited', 'timeout 1 sh -c "while :; do :; done"');
    const after = await node('limited').stats();
    expect(after.throttledNs).toBeGreaterThan(before.throttledNs ?? 0);
    expect((await node('free').stats()).throttledNs).toBeNull();
  });

  it('bytes sent by one node are counted as received by the other', async () => {
    const before = await node('free').stats();
    const port = await node('free').allocatePort();
    const sink = `node -e 'require("net").createServer((s) => { s.on("end", () => process.exit(0)).resume(); }).listen(${port}, () => console.log("up"))'`;
    const server = await node('free').spawn(['sh', '-c', sink], { name: 'sink' });
    await expect.poll(() => server.logTail(1), { timeout: 15_000 }).toBe('up');
    await shell(
      'limited',
      `head -c 3000000 /dev/zero > /strata/data/zeros; exec 3<>/dev/null; node -e 'require("fs").createReadStream("/strata/data/zeros").pipe(require("net").connect(${port}, "${node('free').address}"))'`,
    );
    await server.exited;
    const received =
      ((await node('free').stats()).networkReceivedBytes ?? 0) - (before.networkReceivedBytes ?? 0);
    expect(received).toBeGreaterThan(3_000_000);
    expect((await node('limited').stats()).networkSentBytes).toBeGreaterThan(3_000_000);
  });

  it('the root filesystem has what workloads need, and nothing of the host that built it', async () => {
    const versions = await shell(
      'free',
      'etcd --version | head -1; node --version; mariadbd --version; gcc --version',
    );
    expect(versions.exitCode).toBe(0);
    expect(versions.stdout).toMatch(/^etcd Version: 3\.5/);
    const found = await shell(
      'free',
      'ls /etc/ssh/ssh_host_* /etc/apt/sources.list /etc/apt/apt.conf.d/99mmdebstrap',
    );
    expect(found.stdout).toBe('');
  });

  it(
    'a command that leaves a child in the background does not keep exec waiting for it',
    { timeout: 30_000 },
    async () => {
      expect((await shell('free', 'sleep 60 & echo done')).stdout).toBe('done\n');
    },
  );

  it('a command that closes its own output is followed to its end', async () => {
    expect((await shell('free', 'exec >/dev/null 2>&1; sleep 1; exit 4')).exitCode).toBe(4);
  });

  it('a killed node has no statistics', async () => {
    const { signal } = new AbortController();
    await using trial = await environment.start({ trialId: 't0002', nodes: [free], signal });
    const [doomed] = trial.nodes;
    await doomed?.stats();
    await doomed?.kill();
    await expect(doomed?.stats()).rejects.toMatchObject({ code: 'STRATA-E417' });
  });

  it('the counters of the host and the statistics of the engine agree', async () => {
    const { docker } = connectEngine();
    await shell('free', 'timeout 0.3 sh -c "while :; do :; done"');
    const before = await node('free').stats();
    const ofEngine = nodeStats(
      await docker.getContainer(`strata-${runId}-t0001-free`).stats({ stream: false, 'one-shot': true }),
      false,
    );
    const after = await node('free').stats();
    for (const key of ['cpuNs', 'networkReceivedBytes', 'networkSentBytes'] as const) {
      expect(ofEngine[key]).toBeGreaterThanOrEqual(before[key] ?? Infinity);
      expect(ofEngine[key]).toBeLessThanOrEqual(after[key] ?? -Infinity);
    }
    expect(Math.abs(ofEngine.memoryBytes - after.memoryBytes)).toBeLessThan(20e6);
  });

  it('two runs that would choose the same subnet at the same moment get one each', async () => {
    const engine = connectEngine();
    const { signal } = new AbortController();
    const one = `${runId}-0`;
    const same = JSON.stringify(chooseSubnet(one, []));
    const twin = Array.from({ length: 200_000 }, (_, index) => `${runId}-${index + 1}`).find(
      (other) => JSON.stringify(chooseSubnet(other, [])) === same,
    );
    const runIds = [one, twin ?? ''];
    try {
      const networks = await Promise.all(runIds.map((id) => createRunNetwork(engine, id, signal)));
      expect(new Set(networks.map(({ subnet }) => formatSubnet(subnet))).size).toBe(2);
      expect(networks.some(({ subnet }) => JSON.stringify(subnet) === same)).toBe(true);
    } finally {
      for (const id of runIds) await removeLeftovers(engine, await listLeftovers(engine, id));
    }
  });

  it('facts name engine, image and subnet', () => {
    expect(environment.facts).toMatchObject({
      engineVersion: expect.stringMatching(/^\d/) as string,
      apiVersion: expect.stringMatching(/^1\.\d+$/) as string,
      imageKey: expect.stringMatching(/^[0-9a-f]{12}$/) as string,
      imageId: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as string,
      subnet: expect.stringMatching(/^10\.\d+\.\d+\.0\/24$/) as string,
    });
  });
}
