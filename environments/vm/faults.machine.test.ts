/** What can happen to machines while they start and while they serve, with real ones. */
import { describe, expect } from 'vitest';
import { causeChain, StrataError } from '../../harness/foundation/errors.ts';
import { contractBench, disk, nodeNamed, run, type OpenRun, machineLimits } from '../contract/bench.ts';
import { failure } from '../contract/commands.cases.ts';
import { isBooted, isFailureDetecting, type Node } from '../environment.ts';
import { whyMachinesAreUnavailable } from '../machine/availability.ts';
import { qemuPids, untilQemus } from '../machine/qemu-process.fixture.ts';
import { allMachineRemnants } from '../machine/remnants.ts';
import { createVmEnvironment } from './vm-environment.ts';

const unavailable = await whyMachinesAreUnavailable();
if (unavailable !== null && process.env['CI'] === 'true') throw unavailable;

const nameOf = (trial: OpenRun, node: string) => `strata-${trial.runId}-t0001-${node}`;
const failedOf = (node: Node) => {
  if (!isFailureDetecting(node)) throw new Error(`${node.name} does not notice failures`);
  return node.failed;
};

describe.skipIf(unavailable !== null)(
  `machines under faults${unavailable === null ? '' : ` (skipped: ${unavailable.message})`}`,
  () => {
    const { test, open } = contractBench(createVmEnvironment, {
      factory: { module: new URL('./vm-environment.ts', import.meta.url), exportName: 'createVmEnvironment' },
      failing: { node: { name: 'tiny', storage: 'disk', memoryBytes: 4096 }, words: /memory limit/i },
      remnants: allMachineRemnants,
      ...machineLimits,
    });
    const { signal } = new AbortController();

    test('a machine whose QEMU is killed says so at once, and the others go on', async () => {
      const trial = await open();
      {
        await using started = await trial.start([disk('a'), disk('b')]);
        const [a, b] = [nodeNamed(started.nodes, 'a'), nodeNamed(started.nodes, 'b')];
        const sleeper = await a.spawn(['sleep', '1000'], { name: 'sleeper' });
        const running = failure(run(a, 'sleep', '1000'));
        const [pid = 0] = await untilQemus(nameOf(trial, 'a'), 1);
        process.kill(pid, 'SIGKILL');
        const lost = { code: 'STRATA-E422', log: expect.stringMatching(/a\/qemu\.log$/) as string };
        expect(await running).toMatchObject({
          ...lost,
          message: `QEMU of ${nameOf(trial, 'a')} ended unexpectedly with exit code 137`,
        });
        expect(await sleeper.exited).toBe(137);
        expect(await failure(sleeper.logTail(1))).toMatchObject(lost);
        expect(await failure(run(a, 'true'))).toMatchObject(lost);
        expect(failedOf(a).reason).toMatchObject(lost);
        expect(await run(b, 'hostname')).toMatchObject({ exitCode: 0, stdout: 'b\n' });
        expect(failedOf(b).aborted).toBe(false);
        await b.kill();
        expect(failedOf(b).aborted).toBe(false);
      }
      await trial[Symbol.asyncDispose]();
      expect(await allMachineRemnants(trial.runId)).toEqual([]);
    });

    test('a machine whose guest panics is known to have failed, with what the guest said', async () => {
      await using trial = await open();
      await using started = await trial.start([disk('a')]);
      const a = nodeNamed(started.nodes, 'a');
      const running = failure(run(a, 'sh', '-c', 'echo c > /proc/sysrq-trigger; sleep 1000'));
      expect(causeChain(await running)).toEqual([
        expect.stringMatching(/ended unexpectedly with exit code 0$/),
        expect.stringMatching(/^its guest said: .*Kernel panic - not syncing: sysrq triggered crash/),
      ]);
      expect(failedOf(a).reason).toMatchObject({ log: expect.stringMatching(/a\/serial\.log$/) as string });
    });

    test('a machine that never answers costs a command its deadline and no more', async () => {
      const trial = await open();
      {
        await using started = await trial.start([disk('a'), disk('b')]);
        const [a, b] = [nodeNamed(started.nodes, 'a'), nodeNamed(started.nodes, 'b')];
        const [pid = 0] = await untilQemus(nameOf(trial, 'a'), 1);
        process.kill(pid, 'SIGSTOP');
        const startedMs = performance.now();
        const error = await failure(a.exec(['true'], { signal, timeoutMs: 1_000 }));
        expect(performance.now() - startedMs).toBeLessThan(30_000);
        expect(error).toMatchObject({ code: 'STRATA-E435' });
        expect(causeChain(error)[0]).toMatch(/waited 1\.\d s \(limit 1\.0 s\) for `true` on node a to end/);
        expect((await run(b, 'hostname')).stdout).toBe('b\n');
      }
      await trial[Symbol.asyncDispose]();
      expect(await allMachineRemnants(trial.runId)).toEqual([]);
    });

    test('a machine killed while it wakes fails the start, which says so and leaves nothing', async () => {
      await using trial = await open();
      const before = await allMachineRemnants(trial.runId);
      // As soon as it is there, and when it has most likely got its identity and is being logged into.
      for (const afterMs of [0, 500]) {
        const outcome = failure(trial.start([disk('a'), disk('b')]));
        const [pid = 0] = await untilQemus(nameOf(trial, 'b'), 1);
        setTimeout(() => process.kill(pid, 'SIGKILL'), afterMs);
        const startedMs = performance.now();
        const error = await outcome;
        expect(performance.now() - startedMs).toBeLessThan(60_000);
        expect(error).toBeInstanceOf(StrataError);
        expect(causeChain(error).join('\n')).toMatch(
          /QEMU of \S+-b ended unexpectedly with exit code 137|QEMU ended/,
        );
        expect(await allMachineRemnants(trial.runId)).toEqual(before);
      }
    });

    test('a machine killed while it boots is booted again; how it came up is told from start to end', async () => {
      await using trial = await open();
      const starting = trial.open.start({ trialId: 't0001', nodes: [disk('a')], boot: 'cold', signal });
      const [pid = 0] = await untilQemus(nameOf(trial, 'a'), 1);
      setTimeout(() => process.kill(pid, 'SIGKILL'), 200);
      await using started = await starting;
      const a = nodeNamed(started.nodes, 'a');
      if (!isBooted(a)) throw new Error('a machine should have booted');
      expect(a.bootFailures).toEqual([
        expect.stringMatching(/QEMU of \S+-a ended unexpectedly with exit code 137/),
      ]);
      const times = a.bootTimeline.map(({ atMs }) => atMs);
      expect(a.bootTimeline.map(({ name }) => name)).toEqual([
        'kernel',
        'disk',
        'listening',
        'ready',
        'identity',
        'connected',
      ]);
      expect(times).toEqual([...times].sort((one, other) => one - other));
      expect(await run(a, 'hostname')).toMatchObject({ stdout: 'a\n' });
    });

    test('a start called off while three machines boot ends at once and leaves nothing', async () => {
      await using trial = await open();
      const before = await allMachineRemnants(trial.runId);
      const abort = new AbortController();
      const nodes = ['a', 'b', 'c'].map(disk);
      const start = trial.open.start({ trialId: 't0001', nodes, boot: 'cold', signal: abort.signal });
      const outcome = failure(start);
      await untilQemus(`strata-${trial.runId}`, 3);
      const startedMs = performance.now();
      abort.abort(new Error('called off'));
      expect(causeChain(await outcome)).toEqual(['called off']);
      expect(performance.now() - startedMs).toBeLessThan(10_000);
      expect(await qemuPids(`strata-${trial.runId}`)).toEqual([]);
      expect(await allMachineRemnants(trial.runId)).toEqual(before);
    });
  },
);
