/** What is particular to nodes of the process environment, beyond the contract. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { disk, freshRunId, nodeNamed, run } from '../contract/bench.ts';
import { isPausable, type Node, type NodeSpec, type OpenEnvironment } from '../environment.ts';
import { registerLiveRun } from '../live-runs.ts';
import { makeNodeCgroup, whyNoLimits } from './cgroup.ts';
import { cgroupName, strataCgroups } from './cgroup-mounts.ts';
import { createProcessEnvironment } from './process-environment.ts';
import { processRemnants } from './remnants.ts';

const canLimit = (await whyNoLimits()) === null;

describe('a node of the process environment', () => {
  let runId: string;
  let logDir: string;
  let live: AsyncDisposable;
  let open: OpenEnvironment;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    runId = freshRunId();
    logDir = await mkdtemp(path.join(tmpdir(), 'process node logs '));
    live = await registerLiveRun(runId);
    open = await createProcessEnvironment().open({ runId, logDir, signal, progress: () => undefined });
  });
  afterEach(async () => {
    await open[Symbol.asyncDispose]();
    await live[Symbol.asyncDispose]();
    await rm(logDir, { recursive: true });
  });

  async function startOne(spec: NodeSpec = disk('a')): Promise<Node> {
    const started = await open.start({ trialId: 't0001', nodes: [spec], signal });
    return nodeNamed(started.nodes, spec.name);
  }

  test('the loaders and inspectors of the harness do not leak into its commands', async () => {
    const before = process.env['NODE_OPTIONS'];
    process.env['NODE_OPTIONS'] = '--no-warnings';
    try {
      const { stdout } = await run(await startOne(), 'env');
      expect(stdout).not.toContain('NODE_OPTIONS');
      expect(stdout).toContain(`STRATA_RUN=${runId}\n`);
      expect(stdout).toContain('STRATA_NODE=a\n');
    } finally {
      if (before === undefined) delete process.env['NODE_OPTIONS'];
      else process.env['NODE_OPTIONS'] = before;
    }
  });

  test('a background child that keeps the output open does not hold up exec', async () => {
    const a = await startOne();
    const result = await run(a, 'sh', '-c', 'sleep 60 & echo done');
    expect(result).toEqual({ exitCode: 0, stdout: 'done\n', stderr: '' });
    expect((await processRemnants(runId)).filter((name) => name.startsWith('process'))).toHaveLength(1);
    await a.kill();
    expect((await processRemnants(runId)).filter((name) => name.startsWith('process'))).toEqual([]);
  });

  test('a stray that left its group dies with the node, also when its leader is long gone', async () => {
    const a = await startOne();
    await run(a, 'sh', '-c', 'setsid sleep 60 >/dev/null 2>&1 & exit 0');
    expect(await a.stats()).toMatchObject({ networkSentBytes: null, throttledNs: null });
    await a.kill();
    expect((await processRemnants(runId)).filter((name) => name.startsWith('process'))).toEqual([]);
  });

  test('a stray that left its group is paused and resumed with the node', async () => {
    const a = await startOne();
    const { stdout } = await run(a, 'sh', '-c', 'setsid sleep 60 >/dev/null 2>&1 & echo $!');
    const stateOf = async () => / ([A-Z]) /.exec(await readFile(`/proc/${stdout.trim()}/stat`, 'utf8'))?.[1];
    if (!isPausable(a)) expect.fail('not pausable');
    await a.pause();
    expect(await stateOf()).toBe('T');
    await expect(run(a, 'true')).rejects.toMatchObject({ code: 'STRATA-E403' });
    await a.resume();
    expect(await stateOf()).not.toBe('T');
  });

  test('files outside of its directories are not the node’s to write or read', async () => {
    const a = await startOne();
    await expect(a.put(Buffer.from('x'), `${a.workDir}/../../escape`)).rejects.toMatchObject({
      code: 'STRATA-E406',
    });
    await expect(a.get('/etc/hostname')).rejects.toMatchObject({ code: 'STRATA-E406' });
  });

  test('a program that may not be executed is told apart from one that is missing', async () => {
    const a = await startOne();
    await expect(run(a, '/etc/passwd')).rejects.toMatchObject({
      code: 'STRATA-E401',
      cause: { code: 'EACCES' },
    });
  });

  test('logs stay in the run’s log directory, each process in a file of its own', async () => {
    const a = await startOne();
    const hello = await a.spawn(['echo', 'hello'], { name: 'greeter' });
    await hello.exited;
    expect(a.logDir).toBe(path.join(logDir, 't0001', 'a'));
    expect(await readFile(path.join(a.logDir, 'greeter.log'), 'utf8')).toBe('hello\n');
    await expect(a.spawn(['echo'], { name: 'greeter' })).rejects.toMatchObject({ code: 'STRATA-E403' });
  });

  test('a trial that is running cannot be started a second time, and goes on', async () => {
    const a = await startOne();
    await expect(startOne()).rejects.toMatchObject({ code: 'STRATA-E400', cause: { code: 'EEXIST' } });
    expect((await run(a, 'pwd')).exitCode).toBe(0);
  });

  test('fifteen nodes start and are disposed together', async () => {
    const nodes = Array.from({ length: 15 }, (_, index) => disk(`replica-${index + 1}`));
    const before = await processRemnants(runId);
    const started = await open.start({ trialId: 't0001', nodes, signal });
    for (const node of started.nodes) await node.spawn(['sleep', '60'], { name: 'sleeper' });
    await started[Symbol.asyncDispose]();
    expect(await processRemnants(runId)).toEqual(before);
  });

  test.skipIf(!canLimit)('a cpu limit holds the node back, and says for how long', async () => {
    const a = await startOne({ ...disk('a'), cpus: 0.2 });
    const burner = await a.spawn(['node', '-e', 'for (;;);'], { name: 'burner' });
    await expect
      .poll(async () => (await a.stats()).throttledNs ?? 0, { timeout: 15_000 })
      .toBeGreaterThan(200e6);
    expect((await a.stats()).cpuNs).toBeGreaterThan(0);
    await burner.signal('SIGKILL');
  });

  test.skipIf(!canLimit)('a process over the memory limit is ended by the kernel', async () => {
    const a = await startOne({ ...disk('a'), memoryBytes: 64 * 1024 * 1024 });
    // Bounded, so that a limit that does not hold is a failed test and not a machine without memory.
    const hog = 'const kept = []; while (kept.length < 300) kept.push(Buffer.alloc(1 << 20, 1));';
    const hoarder = await a.spawn(['node', '-e', hog], { name: 'hoarder' });
    expect(await hoarder.exited).toBe(137);
  });

  test.skipIf(!canLimit)('a limited node that is killed or disposed leaves no cgroup', async () => {
    const started = await open.start({
      trialId: 't0001',
      nodes: [{ ...disk('a'), cpus: 0.5, memoryBytes: 256 * 1024 * 1024 }],
      signal,
    });
    const a = nodeNamed(started.nodes, 'a');
    // In no group and without a mark: only the cgroup still knows it.
    await run(a, 'sh', '-c', 'env -i setsid sleep 60 >/dev/null 2>&1 & exit 0');
    expect((await strataCgroups()).filter((name) => name.includes(runId)).length).toBeGreaterThan(0);
    await started[Symbol.asyncDispose]();
    expect((await strataCgroups()).filter((name) => name.includes(runId))).toEqual([]);
  });

  test.skipIf(!canLimit)('a limit the kernel does not take is refused with its reason', async () => {
    await expect(startOne({ ...disk('a'), cpus: 1e-9 })).rejects.toMatchObject({
      code: 'STRATA-E303',
      cause: { code: 'EINVAL' },
    });
    expect((await strataCgroups()).filter((name) => name.includes(runId))).toEqual([]);
  });

  test.skipIf(!canLimit)(
    'a cgroup is removed together with whatever is in it, as reaping needs',
    async () => {
      const group = await makeNodeCgroup(cgroupName(runId, 't0001', 'a'), { ...disk('a'), cpus: 1 });
      const stranger = spawn('sleep', ['60']);
      for (const file of group.procsFiles) await writeFile(file, String(stranger.pid));
      await group[Symbol.asyncDispose]();
      await expect.poll(() => stranger.signalCode).toBe('SIGKILL');
    },
  );
});
