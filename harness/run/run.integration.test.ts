import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StrataError } from '../foundation/errors.ts';
import { Interrupted } from './failure.ts';
import { fakeRun } from './run.fixture.ts';

const environmentFailure = new StrataError({
  code: 'STRATA-E400',
  message: 'no room for a node',
  fix: 'make room',
});
const statuses = (records: readonly { trialId: string; attempt: number; status: string }[]) =>
  records.map(({ trialId, attempt, status }) => `${trialId}.${attempt} ${status}`);

describe('a run in which all goes well', () => {
  it('stores every trial of the plan, in its order, with samples, metrics and noise', async () => {
    await using run = await fakeRun();
    await run.execute();
    const { trials, noise, manifest } = await run.stored();
    expect(trials.map(({ trialId }) => trialId)).toEqual(['t0001', 't0002', 't0003', 't0004']);
    for (const trial of trials) {
      expect(trial).toMatchObject({ status: 'completed', cause: null, invalid: [], sampleCount: 10 });
      expect(trial.metrics).toMatchObject({ acknowledged: 10, unanswered: 0 });
      expect((await stat(join(run.path, trial.samplesFile ?? ''))).size).toBeGreaterThan(0);
      expect(Object.keys(trial.phasesMs)).toEqual([
        'provision',
        'prepare',
        'drive',
        'record',
        'verify',
        'dispose',
      ]);
    }
    expect(noise.map(({ trialId, when }) => `${trialId} ${when}`).slice(0, 3)).toEqual([
      't0001 before',
      't0001 after',
      't0002 before',
    ]);
    expect(manifest.environments).toHaveProperty('process');
    expect(await readdir(join(run.path, 'scratch'))).toEqual([]);
  });

  it('tells its progress: every trial announced, every phase entered, the end', async () => {
    await using run = await fakeRun(1);
    await run.execute();
    const kinds = run.events.map(({ kind }) => kind).filter((kind) => kind !== 'note');
    expect(kinds[0]).toBe('run-started');
    expect(kinds.filter((kind) => kind === 'phase')).toHaveLength(12);
    expect(kinds.at(-1)).toBe('run-finished');
  });
});

describe('failures are data', () => {
  it('a trial whose environment fails is tried again, both attempts are kept, and the run goes on', async () => {
    await using run = await fakeRun();
    await run.execute({ environment: { startFails: { t0002: { error: environmentFailure, times: 1 } } } });
    const { trials } = await run.stored();
    expect(statuses(trials)).toEqual([
      't0001.1 completed',
      't0002.1 failed',
      't0002.2 completed',
      't0003.1 completed',
      't0004.1 completed',
    ]);
    expect(trials[1]?.cause).toMatchObject({ code: 'STRATA-E400', phase: 'provision', fix: 'make room' });
    expect(trials[1]?.metrics).toBeNull();
  });

  it('retries end: a trial that fails for good is failed, and the run goes on', async () => {
    await using run = await fakeRun(1);
    await run.execute({ environment: { startFails: { t0001: { error: environmentFailure } } } });
    expect(statuses((await run.stored()).trials)).toEqual([
      't0001.1 failed',
      't0001.2 failed',
      't0002.1 completed',
    ]);
  });

  it('a wrong answer fails its trial, is not tried again, and keeps its figures and samples', async () => {
    await using run = await fakeRun(1);
    await run.execute({ workload: { verdicts: { t0001: false } } });
    const { trials } = await run.stored();
    expect(statuses(trials)).toEqual(['t0001.1 failed', 't0002.1 completed']);
    expect(trials[0]?.cause).toMatchObject({ code: 'STRATA-E501', phase: 'verify' });
    expect(trials[0]?.verification?.correct).toBe(false);
    expect(trials[0]?.samplesFile).not.toBeNull();
    expect(trials[0]?.metrics?.acknowledged).toBe(10);
  });

  it('an answer that could not be checked makes the trial invalid, never right', async () => {
    await using run = await fakeRun(1);
    await run.execute({ workload: { verdicts: { t0001: null } } });
    const [trial] = (await run.stored()).trials;
    expect(trial?.verification?.correct).toBeNull();
    expect(trial?.invalid.join()).toContain('correctness unknown');
  });

  it('a saturated load generator makes the trial invalid', async () => {
    await using run = await fakeRun(1);
    await run.execute({ workload: { eventLoopUtilization: 0.71 } });
    expect((await run.stored()).trials[0]?.invalid.join()).toContain('driver saturated');
  });

  it('a stall is a failure that says what was seen of each replica, and keeps the samples', async () => {
    const stall = { lastAnswerNs: 1, silentMs: 10_000, outstanding: 4, observations: ['replica-1: refused'] };
    await using run = await fakeRun(1);
    await run.execute({ workload: { stalls: { t0001: stall } } });
    const [trial] = (await run.stored()).trials;
    expect(trial?.cause?.code).toBe('STRATA-E502');
    expect(trial?.cause?.because.join()).toContain('replica-1: refused');
    expect(trial?.sampleCount).toBe(10);
  });

  it('an exception nobody expected is a harness bug on record, and the run goes on', async () => {
    await using run = await fakeRun(1);
    await run.execute({ workload: { driveFails: { t0001: new TypeError('x is not a function') } } });
    const { trials } = await run.stored();
    expect(trials[0]?.cause).toMatchObject({
      code: 'STRATA-E100',
      message: 'x is not a function',
      phase: 'drive',
    });
    expect(trials[1]?.status).toBe('completed');
  });

  it('nodes that cannot be disposed fail the trial, although its answers were right', async () => {
    await using run = await fakeRun(1);
    await run.execute({ environment: { disposeFails: { t0001: environmentFailure } }, retries: 0 });
    const [trial] = (await run.stored()).trials;
    expect(trial).toMatchObject({ status: 'failed', cause: { phase: 'dispose', code: 'STRATA-E400' } });
    expect(trial?.verification?.correct).toBe(true);
  });

  it('nodes that cannot be disposed after a failure do not hide it: what failed first is told first', async () => {
    await using run = await fakeRun(1);
    await run.execute({
      workload: { driveFails: { t0001: new TypeError('x is not a function') } },
      environment: { disposeFails: { t0001: environmentFailure } },
      retries: 0,
    });
    const [trial] = (await run.stored()).trials;
    expect(trial?.cause).toMatchObject({ phase: 'drive', message: 'x is not a function' });
    expect(trial?.cause?.because).toContain(`after that: ${environmentFailure.message}`);
  });

  it('with keepOnFailure the scratch directory of a failed trial stays', async () => {
    await using run = await fakeRun(1);
    await run.execute({ workload: { verdicts: { t0001: false } }, keepOnFailure: true });
    expect(await readdir(join(run.path, 'scratch'))).toEqual(['t0001.1']);
  });
});

describe('an interrupted run', () => {
  it('finishes the teardown, stores the trial as aborted, and resumes with exactly what is missing', async () => {
    await using run = await fakeRun();
    const controller = new AbortController();
    const onDrive = (trialId: string) => {
      if (trialId === 't0002') controller.abort(new Interrupted('SIGINT'));
    };
    await run.execute({ signal: controller.signal, workload: { onDrive, driveTakesMs: 20 } });
    const { trials: first } = await run.stored();
    expect(statuses(first)).toEqual(['t0001.1 completed', 't0002.1 aborted']);
    expect(first[1]?.cause).toMatchObject({ code: 'STRATA-E506', message: 'interrupted by SIGINT' });

    await run.execute();
    const { trials } = await run.stored();
    expect(statuses(trials)).toEqual([
      't0001.1 completed',
      't0002.1 aborted',
      't0002.2 completed',
      't0003.1 completed',
      't0004.1 completed',
    ]);
  });

  it('does nothing when nothing is missing', async () => {
    await using run = await fakeRun(1);
    await run.execute();
    expect(await run.execute()).toEqual([]);
  });
});

describe('what ends a run', () => {
  it('an environment that cannot be opened, with its own error', async () => {
    await using run = await fakeRun(1);
    await expect(run.execute({ environment: { openFails: environmentFailure } })).rejects.toBe(
      environmentFailure,
    );
    expect((await run.stored()).trials).toEqual([]);
  });

  it('a second process at the same run', async () => {
    await using run = await fakeRun(1);
    const [first, second] = await Promise.allSettled([
      run.execute({ workload: { driveTakesMs: 200 } }),
      run.execute({ workload: { driveTakesMs: 200 } }),
    ]);
    expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
  });
});
