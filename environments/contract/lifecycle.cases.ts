/** Contract cases of opening, starting, failing to start and disposing. */
import { expect } from 'vitest';
import { causeChain } from '../../harness/foundation/errors.ts';
import type { ContractBench } from './bench.ts';
import { disk, nodeNamed, putAgent, run } from './bench.ts';
import { failure } from './commands.cases.ts';
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

  test('the nodes asked for are there in that order, as specified, and fresh in every trial and attempt', async () => {
    await using trial = await open();
    expect(Object.keys(trial.open.facts).length).toBeGreaterThan(0);
    for (const [trialId, names] of [
      ['t0001', ['c', 'a', 'b']],
      ['t0001', ['a']],
      ['t0002', ['b', 'a']],
    ] as const) {
      await using started = await trial.start(names.map(disk), undefined, trialId);
      expect(started.nodes.map((node) => node.name)).toEqual(names);
      expect(started.nodes.map((node) => node.spec)).toEqual(names.map(disk));
      const a = nodeNamed(started.nodes, 'a');
      expect((await run(a, 'ls', '-A', a.dataDir, a.workDir)).stdout).not.toContain('mark');
      await a.put(Buffer.from('x'), `${a.dataDir}/mark`);
      await a.put(Buffer.from('x'), `${a.workDir}/mark`);
    }
  });
}

function failedStartCases({ test, open, options }: ContractBench): void {
  test(
    'a start that fails halfway rethrows the original error, leaves nothing and spoils nothing',
    async () => {
      const trial = await open();
      const before = await options.remnants(trial.runId);
      const error = await failure(trial.start([disk('a'), options.failing.node, disk('b')]));
      expect(causeChain(error).join('\n')).toMatch(options.failing.words);
      expect(await options.remnants(trial.runId)).toEqual(before);
      {
        await using started = await trial.start([disk('a')]);
        expect((await run(nodeNamed(started.nodes, 'a'), 'true')).exitCode).toBe(0);
      }
      await trial[Symbol.asyncDispose]();
      expect(await options.remnants(trial.runId)).toEqual([]);
    },
    'start that fails halfway',
  );

  test(
    'an abort during start rejects with its reason and leaves nothing',
    async () => {
      const trial = await open();
      const before = await options.remnants(trial.runId);
      for (const abortAt of ['before', 'during'] as const) {
        const abort = new AbortController();
        if (abortAt === 'before') abort.abort(new Error('called off'));
        const outcome = failure(trial.start([disk('a'), disk('b')], abort.signal));
        abort.abort(new Error('called off'));
        expect(causeChain(await outcome)).toContain('called off');
        expect(await options.remnants(trial.runId)).toEqual(before);
      }
      await trial[Symbol.asyncDispose]();
      expect(await options.remnants(trial.runId)).toEqual([]);
    },
    'abort during start',
  );
}

function disposeCases({ test, open, options }: ContractBench): void {
  test('disposing nodes, killed ones too, ends their processes and removes what is theirs; twice is harmless', async () => {
    await using trial = await open();
    const before = await options.remnants(trial.runId);
    const started = await trial.start([disk('a'), disk('killed')]);
    const a = nodeNamed(started.nodes, 'a');
    await nodeNamed(started.nodes, 'killed').kill();
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
}
