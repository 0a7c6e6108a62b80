import { describe, expect, it } from 'vitest';
import { describePlan, planDocument } from './describe.ts';
import { formatSpan } from './estimate.ts';
import { expandPlan } from './expand.ts';
import { fromFlags } from './resolve.fixture.ts';

const plan = expandPlan(fromFlags({ seed: 42, trials: 2, fault: 'kill-replica@2s' }));
const onlyOf = (replicas: number) => (cellKey: string) =>
  (JSON.parse(cellKey) as { replicas: number }).replicas === replicas ? { meanMs: 2500, n: 3 } : undefined;

describe('a dry run', () => {
  it('shows every trial in executed order and says that there is no history', () => {
    const lines = describePlan(plan).split('\n');
    expect(lines[0]).toBe('Plan bench: 4 cells × 2 blocks = 8 trials');
    expect(lines[1]).toMatch(/^replicas 1,3 · clients 1,4 · .* · kill-replica@2s$/);
    expect(lines[2]).toBe(`seed 42 · hash ${plan.hash.slice(0, 12)} · nothing was started`);
    expect(lines.filter((line) => /^t\d{4} /.test(line)).map((line) => line.slice(0, 5))).toEqual(
      plan.trials.map((trial) => trial.id),
    );
    expect(lines.at(-2)).toBe('ETA: unknown. No cell of this plan has run before on this machine.');
  });

  it('says the limits once when all cells have the same', () => {
    const shown = (limits: string) => describePlan(expandPlan(fromFlags({ limits })));
    expect(shown('cpus=0.5,memory=256MiB')).toContain(' · limits a node cpus=0.5,memory=256MiB\n');
    expect(shown('none')).toContain(' · limits a node none\n');
    expect(shown('none')).toMatch(/ clients +expected\n/);
  });

  it('has a column of limits when they are compared', () => {
    const flags = { limits: ['cpus=0.5', 'none'], replicas: 1, clients: 1, trials: 2 };
    const lines = describePlan(expandPlan(fromFlags(flags))).split('\n');
    expect(lines[0]).toBe('Plan bench: 2 cells × 2 blocks = 4 trials');
    expect(lines[1]).toMatch(/ · limits a node none \| cpus=0\.5$/);
    const rows = lines.filter((line) => line.startsWith('t0')).map((line) => line.split(/ {2,}/)[7]);
    expect([...rows].sort()).toEqual(['cpus=0.5', 'cpus=0.5', 'none', 'none']);
    expect(lines).toContainEqual(expect.stringMatching(/ clients +limits +expected$/));
  });

  it('says how machines come up, once or in a column where it is compared', () => {
    const shown = (flags: object) =>
      describePlan(expandPlan(fromFlags({ replicas: 1, clients: 1, ...flags })));
    expect(shown({ env: 'docker' })).not.toContain('boot');
    expect(shown({ env: 'docker,vm' })).toMatch(/ · boot warm\n[^]* env +workload /);
    const compared = shown({ env: 'docker,vm', boot: 'warm,cold', trials: 1 });
    expect(compared).toMatch(/ · boot warm \| cold\n[^]* env +boot +workload /);
    const rows = compared.split('\n').filter((line) => line.startsWith('t0'));
    expect(rows.map((line) => line.split(/ {2,}/).slice(2, 4).join(' ')).sort()).toEqual([
      'docker –',
      'vm cold',
      'vm warm',
    ]);
  });

  it('ends with the doubts about the plan, also as JSON', () => {
    const note = { code: 'odd', message: 'this is odd', advice: 'do otherwise' };
    expect(describePlan(plan, undefined, [note])).toMatch(/\n! this is odd\n {2}→ do otherwise\n$/);
    expect(planDocument(plan, undefined, [note]).notes).toEqual([note]);
    expect(planDocument(plan).notes).toEqual([]);
  });

  it('estimates from earlier runs of the same cells', () => {
    const all = describePlan(plan, () => ({ meanMs: 2500, n: 3 }));
    expect(all).toContain('ETA: 20.0 s, from 12 earlier trials of like cells.');
    expect(all).toMatch(/t0001 .* 2\.5 s\n/);
  });

  it('says for how many trials there is no estimate', () => {
    expect(describePlan(plan, onlyOf(3))).toContain(
      'ETA: 10.0 s for 4 of 8 trials, from 6 earlier trials of like cells; for the other 4 there is none.',
    );
  });

  it('cuts a long table and says where the rest is', () => {
    const text = describePlan(expandPlan(fromFlags({ profile: 'full', seed: 1 })));
    expect(text).toContain('… and 2040 more trials; --dry-run --json lists all');
  });

  it('as JSON lists all trials with what is expected of each', () => {
    const document = planDocument(plan, onlyOf(1));
    expect(document.trials).toMatchObject(plan.trials);
    expect(document.trials.filter((trial) => trial.expectedMs === 2500)).toHaveLength(4);
    expect(document.estimate).toEqual({ knownMs: 10_000, unknownTrials: 4, pastTrials: 6, pacedMs: null });
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});

describe('a span of time', () => {
  it.each([
    [420, '0.4 s'],
    [59_400, '59.4 s'],
    [59_600, '1 min 00 s'],
    [185_000, '3 min 05 s'],
    [7_800_000, '2 h 10 min'],
  ])('of %d ms reads %s', (ms, text) => {
    expect(formatSpan(ms)).toBe(text);
  });
});
