import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { freshRunId } from '../contract/bench.ts';
import { registerLiveRun } from '../live-runs.ts';
import { processRemnants } from '../process/remnants.ts';
import { createFakeEnvironment, type FakeEnvironmentScript } from './fake-environment.ts';

const nodes = [{ name: 'a', storage: 'disk' as const }];

async function openScripted(script: FakeEnvironmentScript) {
  const runId = freshRunId();
  const logDir = await mkdtemp(path.join(tmpdir(), 'fake-logs-'));
  const live = await registerLiveRun(runId);
  const environment = createFakeEnvironment(script);
  const signal = new AbortController().signal;
  const open = await environment.open({ runId, logDir, signal, progress: () => undefined });
  return {
    runId,
    environment,
    start: (trialId: string, startSignal = signal) => open.start({ trialId, nodes, signal: startSignal }),
    [Symbol.asyncDispose]: async () => {
      await open[Symbol.asyncDispose]();
      await live[Symbol.asyncDispose]();
      await rm(logDir, { recursive: true });
    },
  };
}

test('the start of a named trial fails as often as told, and leaves nothing', async () => {
  const error = new Error('no room');
  await using run = await openScripted({ startFails: { t0002: { error, times: 2 } } });
  const before = await processRemnants(run.runId);
  await using fine = await run.start('t0001');
  await fine[Symbol.asyncDispose]();
  await expect(run.start('t0002')).rejects.toBe(error);
  await expect(run.start('t0002')).rejects.toBe(error);
  expect(await processRemnants(run.runId)).toEqual(before);
  await using third = await run.start('t0002');
  expect(third.nodes).toHaveLength(1);
  expect(run.environment.events).toEqual([
    { kind: 'open' },
    { kind: 'start', trialId: 't0001' },
    { kind: 'dispose', trialId: 't0001' },
    { kind: 'start-failed', trialId: 't0002' },
    { kind: 'start-failed', trialId: 't0002' },
    { kind: 'start', trialId: 't0002' },
  ]);
});

test('a node dies at its time, with what ran on it', async () => {
  await using run = await openScripted({ nodeDies: [{ trialId: 't0001', node: 'a', afterMs: 50 }] });
  await using started = await run.start('t0001');
  const process = await started.nodes[0]?.spawn(['sleep', '60'], { name: 'sleeper' });
  expect(await process?.exited).toBe(137);
  expect(run.environment.events).toContainEqual({ kind: 'node-died', trialId: 't0001', node: 'a' });
});

test('a dispose that is to fail fails after the nodes are gone', async () => {
  const error = new Error('stuck');
  await using run = await openScripted({ disposeFails: { t0001: error } });
  const before = await processRemnants(run.runId);
  const started = await run.start('t0001');
  await expect(started[Symbol.asyncDispose]()).rejects.toBe(error);
  expect(await processRemnants(run.runId)).toEqual(before);
});

test('a slow start can be aborted', async () => {
  await using run = await openScripted({ startTakesMs: 60_000 });
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('called off')), 20);
  await expect(run.start('t0001', abort.signal)).rejects.toThrow('called off');
});

test('preflight and open fail with the errors given', async () => {
  const [first, second] = [new Error('no machine'), new Error('no network')];
  const environment = createFakeEnvironment({ preflightFails: first, openFails: second });
  const signal = new AbortController().signal;
  await expect(environment.preflight(signal)).rejects.toBe(first);
  const scope = { runId: freshRunId(), logDir: tmpdir(), signal, progress: () => undefined };
  await expect(environment.open(scope)).rejects.toBe(second);
});
