import { describe, expect, it } from 'vitest';
import { concludeRun } from '../cli/runs/finish-run.ts';
import { fakeRun } from './run.fixture.ts';

const failure = new Error('no');
const flags = { trials: 'auto', maxTrials: '9' };
const asStored = { interrupted: null, notes: [], isStrict: false } as const;

describe('a run that ends when its intervals are narrow', () => {
  it('plans the cap, stops early, and lacks nothing', async () => {
    await using run = await fakeRun(0, flags);
    expect(run.plan.trials).toHaveLength(18);
    const records = await run.execute();
    expect(records).toHaveLength(12);
    const stored = await run.stored();
    expect(stored.stopping.map(({ block, reason }) => [block, reason])).toEqual([
      [0, 'least'],
      [1, 'least'],
      [2, 'least'],
      [3, 'least'],
      [4, 'once'],
      [5, 'narrow'],
    ]);
    const { model, exitCode, cells } = concludeRun(stored, asStored);
    expect(model.status).toBe('complete');
    expect(exitCode).toBe(0);
    expect(cells.map(({ trials }) => trials.planned)).toEqual([6, 6]);
    expect(model.measured.join(' ')).toMatch(
      /from 5 to 9 blocks.*stopped after 6 blocks: all 4 intervals within ±5 %/,
    );
    expect(run.events.at(-1)).toMatchObject({ kind: 'run-finished', status: 'complete' });
    expect(await run.execute()).toEqual([]);
  });

  it('goes on with the same rule when it is resumed, and ends where it would have', async () => {
    await using run = await fakeRun(0, flags);
    const control = new AbortController();
    const onDrive = (id: string) => {
      if (id === 't0004') control.abort(new Error('interrupted'));
    };
    await run.execute({ signal: control.signal, workload: { onDrive, driveTakesMs: 5 } });
    expect((await run.stored()).stopping).toHaveLength(1);
    await run.execute();
    const { stopping, trials } = await run.stored();
    expect(stopping.map(({ block }) => block)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(trials.filter(({ status }) => status === 'completed')).toHaveLength(12);
  });

  it('goes to the cap for a cell that fails, counts what failed and warns', async () => {
    await using run = await fakeRun(0, { ...flags, maxTrials: '6' });
    const ofCell = run.plan.trials.filter(({ cell }) => cell.replicas === 3).map(({ id }) => id);
    const driveFails = Object.fromEntries(ofCell.map((id) => [id, failure]));
    await run.execute({ workload: { driveFails }, retries: 0 });
    const stored = await run.stored();
    expect(stored.stopping.at(-1)).toMatchObject({ block: 5, decision: 'stop', reason: 'cap' });
    const { model } = concludeRun(stored, asStored);
    expect(model.warnings.map(({ code }) => code)).toContain('precision-not-reached');
    expect(model.verdict.headline).toBe('6 of 12 trials failed');
  });
});
