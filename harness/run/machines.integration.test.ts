import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { processRemnants } from '../../environments/process/remnants.ts';
import { isLive } from '../../environments/live-runs.ts';
import { StrataError } from '../foundation/errors.ts';
import { Interrupted } from './failure.ts';
import { fakeMachines, type MachineScript } from './machines.fixture.ts';
import { fakeRun } from './run.fixture.ts';

const tcg = { accelerator: 'tcg', cpuModel: 'qemu64,-cx16', acceleratorReason: 'there is no /dev/kvm' };
const kvm = { accelerator: 'kvm', cpuModel: 'host', acceleratorReason: 'a guest booted under KVM' };

describe('a run over machines', () => {
  it('tells the environment before the first trial what it will be asked for, each set once', async () => {
    await using run = await fakeRun(2, { env: 'vm', boot: 'warm,cold', clients: '1,2' });
    const { environment, scopes } = fakeMachines();
    await run.execute({ real: environment });
    expect(scopes).toHaveLength(1);
    const sets = scopes[0]?.expected?.map(({ nodes, boot }) => `${nodes.length} ${boot ?? 'none'}`);
    expect([...(sets ?? [])].sort()).toEqual(['1 cold', '1 warm', '3 cold', '3 warm']);
  });

  it('does not speak of booting where nothing boots', async () => {
    await using run = await fakeRun(1);
    const { environment, scopes, trials } = fakeMachines();
    await run.execute({ real: environment });
    expect(scopes[0]?.expected?.map((set) => 'boot' in set)).toEqual([false, false]);
    expect(trials.map((trial) => 'boot' in trial)).toEqual([false, false]);
  });

  it('starts each trial as its cell says, and keeps how each node came up', async () => {
    await using run = await fakeRun(1, { env: 'vm', boot: 'warm,cold' });
    const { environment, trials: started } = fakeMachines();
    await run.execute({ real: environment });
    const { trials } = await run.stored();
    expect(started.map(({ boot }) => boot)).toEqual(trials.map(({ cell }) => cell.boot));
    for (const { boots, cell } of trials) {
      expect(boots.map(({ node }) => node)).toEqual(
        ['replica-1', 'replica-2', 'replica-3'].slice(0, cell.replicas),
      );
      expect(boots[0]).toMatchObject({
        timeline: [{ name: 'kernel', atMs: 12.5 }, { name: 'ready' }],
        failures: [],
      });
    }
  });

  it('keeps and tells that a machine had to be booted again', async () => {
    await using run = await fakeRun(1, { env: 'vm' });
    const { environment } = fakeMachines({
      bootFailures: { 'replica-3': ['Kernel panic', 'no answer in 90 s'] },
    });
    await run.execute({ real: environment });
    const { trials } = await run.stored();
    const failures = trials.flatMap(({ boots }) => boots.flatMap((boot) => boot.failures));
    expect(failures).toEqual(['Kernel panic', 'no answer in 90 s']);
    const warnings = run.events.flatMap((event) =>
      event.kind === 'note' && event.level === 'warning' ? [event] : [],
    );
    expect(warnings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^t000\d: replica-3 was booted again after Kernel panic; then no answer in 90 s$/,
      ),
    ]);
  });
});

describe('the accelerator', () => {
  it('is in the manifest', async () => {
    await using run = await fakeRun(1, { env: 'vm' });
    await run.execute({ real: fakeMachines({ facts: tcg }).environment });
    expect((await run.stored()).manifest.environments['vm']).toMatchObject(tcg);
  });

  it('of a run that goes on must be the one it was begun with', async () => {
    await using run = await fakeRun(1, { env: 'vm' });
    const controller = new AbortController();
    const onDrive = (trialId: string) => {
      if (trialId === 't0002') controller.abort(new Interrupted('SIGINT'));
    };
    const workload = { onDrive, driveTakesMs: 20 };
    await run.execute({
      real: fakeMachines({ facts: tcg }).environment,
      signal: controller.signal,
      workload,
    });
    const before = (await run.stored()).trials;
    await expect(run.execute({ real: fakeMachines({ facts: kvm }).environment })).rejects.toMatchObject({
      code: 'STRATA-E240',
      message:
        'one run must not mix accelerators: vm when the run was begun has tcg with CPU model qemu64,-cx16, vm now has kvm with CPU model host (a guest booted under KVM)',
    });
    expect((await run.stored()).trials).toEqual(before);
    await run.execute({ real: fakeMachines({ facts: tcg }).environment });
    expect((await run.stored()).trials.at(-1)).toMatchObject({ trialId: 't0002', status: 'completed' });
  });
});

describe('a run interrupted while an environment is opened', () => {
  const interruptedRun = async (script: MachineScript = {}, env = 'vm') => {
    const run = await fakeRun(1, { env });
    const controller = new AbortController();
    const onOpen = () => void setTimeout(() => controller.abort(new Interrupted('SIGINT')), 100);
    const { environment, trials, closed } = fakeMachines({ openTakesMs: 60_000, onOpen, ...script });
    return {
      run,
      trials,
      closed,
      execute: () => run.execute({ real: environment, signal: controller.signal }),
    };
  };

  it('ends at once as interrupted, without a trial and without an error', async () => {
    const { run, trials, execute } = await interruptedRun();
    await using _run = run;
    expect(await execute()).toEqual([]);
    expect(trials).toEqual([]);
    expect(run.events.at(-1)).toMatchObject({ kind: 'run-finished', status: 'interrupted' });
    expect(run.events.some(({ kind }) => kind === 'note')).toBe(false);
    expect((await run.stored()).trials).toEqual([]);
  });

  it('leaves nothing, and can go on', async () => {
    const { run, execute } = await interruptedRun();
    await using _run = run;
    await execute();
    const { runId } = (await run.stored()).manifest;
    expect(isLive(runId)).toBe(false);
    expect(await processRemnants(runId)).toEqual([]);
    expect((await readdir(tmpdir())).filter((name) => name.includes(runId))).toEqual([]);
    await run.execute();
    expect((await run.stored()).trials.map(({ status }) => status)).toEqual(['completed', 'completed']);
  });

  it('closes the environments that were open already', async () => {
    const { run, closed, execute } = await interruptedRun({ quickOpenings: 1 }, 'docker,vm');
    await using _run = run;
    expect(await execute()).toEqual([]);
    expect(closed).toHaveLength(1);
  });

  it('says what broke under the interruption, where it was not the interruption itself', async () => {
    const full = new StrataError({
      code: 'STRATA-E331',
      message: 'the disk is full',
      fix: 'free space',
      leftBehind: ['disk-0'],
    });
    const { run, execute } = await interruptedRun({ openBreaksWith: full });
    await using _run = run;
    expect(await execute()).toEqual([]);
    expect(run.events).toContainEqual({
      ...{ kind: 'note', level: 'warning' },
      message:
        'interrupted while an environment was opened: the disk is full; left behind: disk-0 (npm run clean removes it)',
    });
  });
});
