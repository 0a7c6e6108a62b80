import { describe, expect, it } from 'vitest';
import { sampleQuality } from '../../../results/store/quality.fixture.ts';
import type { TrialQuality } from '../../../results/store/quality-record.ts';
import { buildReport } from './build-report.ts';
import { runOf, type RunShape } from './run.fixture.ts';

/** Three trials of one cell; the second has this quality, the others that of the fixture. */
function reportOf(second: Partial<TrialQuality>, shape: RunShape = {}) {
  const good = { quality: sampleQuality };
  const records = { t0001: good, t0002: { quality: { ...sampleQuality, ...second } }, t0003: good };
  return buildReport(runOf({ records, ...shape }));
}

const codes = (report: ReturnType<typeof buildReport>) => report.warnings.map(({ code }) => code);
const warning = (report: ReturnType<typeof buildReport>, code: string) =>
  report.warnings.find((found) => found.code === code)?.message;

describe('the quality of trials in a report', () => {
  it('has a row for each trial, the rules, and no warning when all went well', () => {
    const report = reportOf({});
    expect(report.quality.trials.map(({ steadyState, isSteady }) => [steadyState, isSteady])).toEqual(
      new Array(3).fill(['flat', true]),
    );
    expect(report.quality.rules.length).toBeGreaterThan(3);
    expect(codes(report)).not.toEqual(expect.arrayContaining(['not-steady']));
  });

  it.each([
    ['warm-up', 'warm-up until 3.0 s', '1 still warming up while measured'],
    ['slowdown', 'slowdown at 3.0 s', '1 became slower'],
    ['none', 'none: still changing in the last quarter', '1 changing to the end'],
  ] as const)('warns of %s, and keeps the trial', (kind, words, message) => {
    const report = reportOf({ steadyState: { ...sampleQuality.steadyState, kind, steadyFromNs: 3e9 } });
    expect(report.quality.trials[1]).toMatchObject({ steadyState: words, isSteady: false });
    expect(warning(report, 'not-steady')).toContain(message);
    expect(report.cells[0]?.trials).toMatchObject({ completed: 3, invalid: 0 });
  });

  it('calls a trial that is too short neither steady nor unsteady', () => {
    const report = reportOf({ steadyState: null, steadyRemark: 'too short to tell' });
    expect(report.quality.trials[1]?.steadyState).toBe('(too short to tell)');
    expect(codes(report)).not.toContain('not-steady');
  });

  it('warns of idle clients and of silence, with the worst figure', () => {
    const idle = reportOf({ littlesLaw: { ...sampleQuality.littlesLaw, inFlight: 3.6, relativeError: 0.1 } });
    expect(warning(idle, 'idle-clients')).toContain('at worst 3.60 of 4 (10.0 % off');
    const silent = reportOf({ silence: { startNs: 0, durationNs: 2.5e9 } });
    expect(warning(silent, 'silence')).toContain('at most 2.5 s (t0002)');
  });

  it('says what disturbed a trial, once for each kind in the warnings', () => {
    const noise = ['t0001', 't0002', 't0003'].flatMap((trialId) =>
      (['before', 'after'] as const).map((when, index) => ({
        ...{ trialId, attempt: 1, when, atIso: new Date(index * 2000).toISOString() },
        readings: { runnableThreads: trialId === 't0001' ? 1 : 7 },
      })),
    );
    const report = reportOf({}, { noise });
    expect(codes(report).filter((code) => code === 'other-load')).toHaveLength(1);
    expect(warning(report, 'other-load')).toContain(
      'in 2 of 3 trials: at worst 7 runnable threads on 2 cores',
    );
  });

  it('says nothing of runs from before it was kept', () => {
    const report = buildReport(runOf());
    expect(report.quality.trials).toEqual([]);
  });
});
