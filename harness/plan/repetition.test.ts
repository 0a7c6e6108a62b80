import { describe, expect, it } from 'vitest';
import { describePlan, planDocument } from './describe.ts';
import { expandPlan } from './expand.ts';
import { fromFile, fromFlags, refusalText } from './resolve.fixture.ts';

const auto = { trials: 'auto', replicas: '1', clients: '1,4', seed: '3' };

describe('trials: auto', () => {
  it('plans the cap, whose first blocks are those of any other number of trials', () => {
    const plan = expandPlan(fromFlags({ ...auto, maxTrials: '8', precision: '2.5%' }));
    expect(plan.experiment).toMatchObject({
      trials: 8,
      stopping: { precision: 0.025, leastBlocks: 5, mostBlocks: 8 },
    });
    const fixed = expandPlan(fromFlags({ ...auto, trials: '6' }));
    expect(fixed.experiment.stopping).toBeNull();
    expect(plan.trials.slice(0, 12)).toEqual(fixed.trials);
    expect(plan.hash).not.toBe(expandPlan(fromFlags({ ...auto, maxTrials: '8' })).hash);
  });

  it('overrides the trials of a profile, and is 5 % and 30 trials unless told', () => {
    const { trials, stopping } = fromFile('profile: standard\ntrials: auto\n');
    expect([trials, stopping?.precision]).toEqual([30, 0.05]);
  });

  it('is shown with both ends of its size and time', () => {
    const plan = expandPlan(fromFlags({ ...auto, maxTrials: '8' }));
    const past = () => ({ meanMs: 1000, n: 3 });
    const text = describePlan(plan, past);
    expect(text).toContain(
      '2 cells × 5 to 8 blocks = 10 to 16 trials, until every 95 % interval of throughput, p50 and p95 is within ±5 %',
    );
    expect(text).toContain('At least 5 blocks. ETA: 10.0 s');
    expect(text).toContain('At most 8 blocks. ETA: 16.0 s');
    expect(planDocument(plan, past)).toMatchObject({
      blocks: 8,
      stopping: { mostBlocks: 8 },
      estimate: { knownMs: 16_000 },
      leastEstimate: { knownMs: 10_000 },
    });
  });

  it.each([
    [{ precision: '5' }, 'the unit is missing: 5%?'],
    [{ precision: '60%' }, '60% is outside 0.1%–50%'],
    [{ maxTrials: '4' }, 'Allowed: a whole number from 5 to 10000'],
    [{ trials: 'autom' }, "trials: 'autom' is not allowed"],
    [
      { trials: '10', precision: '5%' },
      'STRATA-E205 --precision: precision says when trials: auto ends, and trials is 10 (--trials)',
    ],
  ])('refuses %j', (wrong, words) => {
    expect(refusalText(() => fromFlags({ ...auto, ...wrong }))).toContain(words);
  });
});
