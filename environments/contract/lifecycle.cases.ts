/** Contract cases of opening, starting, failing to start and disposing. */
import { expect } from 'vitest';
import { causeChain } from '../../harness/foundation/errors.ts';
import type { ContractBench } from './bench.ts';
import { disk, nodeNamed, putAgent, run } from './bench.ts';
import { failure } from './commands.cases.ts';
import { answerOf } from './answer.ts';
import { serve } from './network.cases.ts';

export function lifecycleCases(bench: ContractBench): void {
  startCases(bench);
  failedStartCases(bench);
  disposeCases(bench);
}

function startCases({ test, open, makeEnvironment }: ContractBench): void {
  test('preflight passes where the other cases pass', async () => {
    await makeEnvironment().preflight(new AbortController().signal);
  });

  test('the nodes asked for are there, in the order asked, each as specified', async () => {
    await using trial = await open();
    await using started = await trial.start([disk('c'), disk('a'), disk('b')]);
    expect(started.nodes.map((node) => node.name)).toEqual(['c', 'a', 'b']);
    expect(started.nodes.map((node) => node.spec)).toEqual([disk('c'), disk('a'), disk('b')]);
    expect(Object.keys(trial.open.facts).length).toBeGreaterThan(0);
  });

  test('every trial gets fresh nodes', async () => {
    await using trial = await open();
    for (const trialId of ['t0001', 't0002', 't0001']) {
      await using started = await trial.start([disk('a')], undefined, trialId);
      const a = nodeNamed(started.nodes, 'a');
      expect((await run(a, 'ls', '-A', a.dataDir, a.workDir)).stdout).not.toContain('mark');
      await a.put(Buffer.from('x'), `${a.dataDir}/mark`);
      await a.put(Buffer.from('x'), `${a.workDir}/mark`);
    }
  });

  test('two open environments at once do not disturb each other', async () => {
    await using first = await open();
    await using nodesOfFirst = await first.start([disk('a')]);
    const a = nodeNamed(nodesOfFirst.nodes, 'a');
    const port = await serve(a, 'first');
    {
      await using second = await open();
      await using nodesOfSecond = await second.start([disk('a')]);
      const twin = nodeNamed(nodesOfSecond.nodes, 'a');
      const twinPort = await serve(twin, 'second');
      expect(`${twin.address}:${twinPort}`).not.toBe(`${a.address}:${port}`);
      expect(await answerOf(twin.address, twinPort)).toBe('second');
      await twin.kill();
    }
    expect(await answerOf(a.address, port)).toBe('first');
  });
}

function failedStartCases({ test, open, options }: ContractBench): void {
  test(
    'a start that fails halfway rethrows the original error and leaves nothing',
    async () => {
      await using trial = await open();
      const before = await options.remnants(trial.runId);
      const error = await failure(trial.start([disk('a'), options.failing.node, disk('b')]));
      expect(causeChain(error).join('\n')).toMatch(options.failing.words);
      expect(await options.remnants(trial.runId)).toEqual(before);
      // The environment is still good for the next trial.
      await using started = await trial.start([disk('a')]);
      expect((await run(nodeNamed(started.nodes, 'a'), 'true')).exitCode).toBe(0);
    },
    'start that fails halfway',
  );

  test(
    'an environment can be disposed after a failed start',
    async () => {
      const trial = await open();
      await failure(trial.start([disk('a'), options.failing.node]));
      await trial[Symbol.asyncDispose]();
      expect(await options.remnants(trial.runId)).toEqual([]);
    },
    'start that fails halfway',
  );

  test(
    'an abort during start rejects with its reason and leaves nothing',
    async () => {
      await using trial = await open();
      const before = await options.remnants(trial.runId);
      for (const abortAt of ['before', 'during'] as const) {
        const abort = new AbortController();
        if (abortAt === 'before') abort.abort(new Error('called off'));
        const outcome = failure(trial.start([disk('a'), disk('b')], abort.signal));
        abort.abort(new Error('called off'));
        expect(causeChain(await outcome)).toContain('called off');
        expect(await options.remnants(trial.runId)).toEqual(before);
      }
    },
    'abort during start',
  );
}

function disposeCases({ test, open, options }: ContractBench): void {
  test('disposing nodes ends their processes and removes what is theirs; twice is harmless', async () => {
    await using trial = await open();
    const before = await options.remnants(trial.runId);
    const started = await trial.start([disk('a')]);
    const a = nodeNamed(started.nodes, 'a');
    const server = await a.spawn(
      ['node', await putAgent(a), 'serve', String(await a.allocatePort()), 'word'],
      { name: 'server' },
    );
    await started[Symbol.asyncDispose]();
    await started[Symbol.asyncDispose]();
    expect(await server.exited).toBe(137);
    expect(await options.remnants(trial.runId)).toEqual(before);
  });

  test('disposing the environment removes everything that carries the run id; twice is harmless', async () => {
    const trial = await open();
    const started = await trial.start([disk('a'), disk('b')]);
    await serve(nodeNamed(started.nodes, 'a'), 'forgotten');
    expect(await options.remnants(trial.runId)).not.toEqual([]);
    await trial[Symbol.asyncDispose]();
    await trial[Symbol.asyncDispose]();
    expect(await options.remnants(trial.runId)).toEqual([]);
    await started[Symbol.asyncDispose]();
  });

  test('nodes can be disposed after they were killed', async () => {
    await using trial = await open();
    await using started = await trial.start([disk('a')]);
    await nodeNamed(started.nodes, 'a').kill();
  });
}
