import { describe, expect, it } from 'vitest';
import type { Cell } from '../../foundation/cell.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import { buildReport } from './build-report.ts';
import { cellsOver, killed, quietCell, runOf, type RunShape } from './run.fixture.ts';

const reportOf = (shape: RunShape) => buildReport(runOf(shape));
const failed = { status: 'failed', cause: killed, verification: null } as const;
const warned = (shape: RunShape) => reportOf(shape).warnings.map(({ code }) => code);
const etcd: Cell = { ...quietCell, sharedMemory: 'etcd', replicas: 1, load: { kind: 'open', ratePerS: 100 } };
const calm = { cells: [etcd], trials: 5 };

describe('the model of a run', () => {
  it('has no figure of a failed trial, though it was measured before it failed', () => {
    const { trials, failures } = reportOf({ records: { t0002: failed } });
    expect(trials.map(({ throughputPerS }) => throughputPerS === null)).toEqual([false, true, false]);
    expect(failures).toMatchObject([{ trialId: 't0002', code: 'STRATA-E412', isRecovered: false }]);
  });

  it('keeps a failed attempt in sight after a later one completed', () => {
    const [first] = runOf().records;
    const report = reportOf({
      records: { t0001: failed },
      further: [{ ...first, attempt: 2 } as TrialRecord],
    });
    expect(report.status).toBe('complete');
    expect(report.failures).toMatchObject([{ trialId: 't0001', attempt: 1, isRecovered: true }]);
    expect(report.warnings.map(({ code }) => code)).toContain('retried-trials');
  });

  it('sorts cells as somebody looks for them, not as they were run', () => {
    const { cells } = reportOf({ cells: cellsOver([3, 1], [16, 1]) });
    expect(cells.map(({ replicas, clients }) => [replicas, clients])).toEqual([
      [1, 1],
      [1, 16],
      [3, 1],
      [3, 16],
    ]);
  });

  it.each([
    ['complete', {}],
    ['partial', { records: { t0002: failed } }],
    ['partial', { records: { t0002: null } }],
    ['interrupted', { records: { t0002: null }, isInterrupted: true }],
    ['interrupted', { records: { t0002: { ...failed, status: 'aborted' } } }],
  ] satisfies [string, RunShape][])('is %s, case %#', (status, shape) => {
    expect(reportOf(shape).status).toBe(status);
  });
});

describe('the verdict', () => {
  const answered = (correct: boolean | null) => ({
    verification: { correct, statement: 'looked', problems: [], facts: {} },
  });

  it('names wrong answers before everything else', () => {
    const records = { t0001: answered(false), t0002: failed };
    expect(reportOf({ records, isInterrupted: true }).verdict).toMatchObject({
      tone: 'bad',
      headline: 'Wrong answers in 1 trial',
    });
  });

  it('is good only when every planned trial was verified and no threshold was missed', () => {
    expect(reportOf({}).verdict.tone).toBe('good');
    expect(reportOf({ records: { t0001: null } }).verdict.tone).toBe('unknown');
    expect(reportOf({ records: { t0001: answered(null) } }).verdict.tone).toBe('unknown');
    expect(reportOf({ records: { t0001: { verification: null } } }).verdict.tone).toBe('unknown');
    expect(reportOf({ records: { t0001: failed } }).verdict.tone).toBe('bad');
  });
});

describe('warnings', () => {
  it('are none for a run without doubts', () => {
    expect(warned(calm)).toEqual([]);
  });

  it.each([
    ['embedded-store', { ...calm, cells: [{ ...etcd, sharedMemory: 'embedded' }] }],
    ['closed-loop', { ...calm, cells: [{ ...etcd, load: { kind: 'closed' } }] }],
    ['cpu-contention', { ...calm, cells: [{ ...etcd, replicas: 3 }] }],
    ['few-trials', { ...calm, trials: 4 }],
    [
      'driver-saturated',
      { ...calm, trials: 6, records: { t0001: { invalid: ['driver saturated: 0.9 > 0.7'] } } },
    ],
  ] satisfies [string, RunShape][])('name %s where it is so', (code, shape) => {
    expect(warned(shape)).toEqual([code]);
  });

  it('each come with advice', () => {
    for (const { message, advice } of reportOf({ trials: 1 }).warnings) {
      expect(message).not.toBe('');
      expect(advice).not.toBe('');
    }
  });
});
