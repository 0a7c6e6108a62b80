/** The command itself, in this process, over host processes whose preflight is counted and can refuse. */
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFakeEnvironment } from '../../../environments/fake/fake-environment.ts';
import { StrataError } from '../../foundation/errors.ts';
import { fakeMachines } from '../../run/machines.fixture.ts';
import { openTerminal } from '../terminal.ts';
import { benchCommand, type BenchOptions } from './bench.ts';

const notReady = new StrataError({
  code: 'STRATA-E300',
  message: 'this machine is not ready',
  fix: 'make it ready',
});
const readyEvents = ['preflight', 'open', 'close'];

type Real = ReturnType<typeof fakeMachines>['environment'];

/** Runs `bench` in a results directory that is removed; gives what happened to the environment, in order. */
async function bench() {
  const baseDir = await mkdtemp(join(tmpdir(), 'strata bench ü-'));
  const run = async (changes: Partial<BenchOptions> = {}, preflightFails?: Error, real?: Real) => {
    const environment = createFakeEnvironment(preflightFails === undefined ? {} : { preflightFails }, real);
    const options: BenchOptions = {
      flags: { replicas: '1', clients: '1', trials: '1', requests: '10', warmupRequests: '1' },
      ...{
        config: undefined,
        out: baseDir,
        resume: undefined,
        baseline: undefined,
        compare: { allow: undefined, regressionThreshold: undefined },
        dryRun: false,
      },
      ...{ progress: 'none', keepOnFailure: false, yes: false, isStrict: false, argv: ['bench'], ...changes },
    };
    const terminal = { ...openTerminal({ quiet: true }), print: () => undefined };
    const exitCode = await benchCommand(options, terminal, () => environment).catch(
      (error: unknown) => error,
    );
    const events = environment.events.map(({ kind }) => kind);
    return { exitCode, events: events.filter((kind) => readyEvents.includes(kind)) };
  };
  const runIds = () => readdir(baseDir);
  const manifestOf = async (runId: string) => await readFile(join(baseDir, runId, 'manifest.json'), 'utf8');
  const summaryOf = (runId: string) => readFile(join(baseDir, runId, 'report', 'summary.txt'), 'utf8');
  const dispose = () => rm(baseDir, { recursive: true, force: true });
  return { run, runIds, manifestOf, summaryOf, [Symbol.asyncDispose]: dispose };
}

describe('bench interrupted while an environment is opened', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s ends with %i and says so of the run', async (signal, exitCode) => {
    await using results = await bench();
    const onOpen = () => void process.emit(signal, signal);
    const { environment } = fakeMachines({ openTakesMs: 60_000, onOpen });
    expect((await results.run({}, undefined, environment)).exitCode).toBe(exitCode);
    const [runId = ''] = await results.runIds();
    expect(await results.summaryOf(runId)).toContain('Interrupted: what was finished is kept');
    expect((await results.run({ resume: runId })).exitCode).toBe(0);
  });
});

describe('bench interrupted while the machine is checked', () => {
  it('ends with 130 and leaves no run', async () => {
    await using results = await bench();
    const { environment } = fakeMachines({});
    const slow = {
      ...environment,
      preflight: async (signal: AbortSignal) => {
        setImmediate(() => void process.emit('SIGINT', 'SIGINT'));
        await once(signal, 'abort');
        signal.throwIfAborted();
      },
    };
    const { exitCode } = await results.run({}, undefined, slow);
    expect(exitCode).toMatchObject({ name: 'Interrupted', exitCode: 130 });
    expect(await results.runIds()).toEqual([]);
  });
});

describe('bench tries what the machine can do', () => {
  it('once, for a new run and for one that goes on', async () => {
    await using results = await bench();
    expect(await results.run()).toEqual({ exitCode: 0, events: readyEvents });
    const [runId] = await results.runIds();
    expect(await results.run({ resume: runId })).toEqual({ exitCode: 0, events: ['preflight'] });
  });

  it('before there is a run directory', async () => {
    await using results = await bench();
    expect(await results.run({}, notReady)).toEqual({ exitCode: notReady, events: ['preflight'] });
    expect(await results.runIds()).toEqual([]);
  });

  it('before a run that is to go on is touched', async () => {
    await using results = await bench();
    await results.run();
    const [runId = ''] = await results.runIds();
    const before = await results.manifestOf(runId);
    const refused = await results.run({ resume: runId }, notReady);
    expect(refused).toEqual({ exitCode: notReady, events: ['preflight'] });
    expect(await results.manifestOf(runId)).toBe(before);
  });
});
