import { describe, expect, it } from 'vitest';
import { plannedTrial, trialRecord } from '../results/store/records.fixture.ts';
import type { TrialRecord } from '../results/store/records.ts';
import { decisiveAttempts, finalAttempts, runStatus, usableTrials, wrongAnswers } from './attempts.ts';

const plan = [plannedTrial(0), plannedTrial(1)];
const at = (index: number, changes: Partial<TrialRecord> = {}) => trialRecord(plannedTrial(index), changes);
const failed = { status: 'failed', metrics: null, verification: null } as const;
const aborted = { ...failed, status: 'aborted' } as const;
const answered = (correct: boolean | null) => {
  return { verification: { correct, statement: 'looked', problems: [], facts: {} } };
};
const named = (records: readonly TrialRecord[]) =>
  records.map(({ trialId, attempt }) => `${trialId}.${attempt}`);

describe('of several attempts at a trial', () => {
  it('the completed one decides, even when a failed one was stored after it', () => {
    const records = [at(0, failed), at(0, { attempt: 2 }), at(0, { ...failed, attempt: 3 })];
    expect(named(finalAttempts(records))).toEqual(['t0001.2']);
    expect(decisiveAttempts(records).get('t0001')?.attempt).toBe(2);
  });

  it('the last decides where none completed', () => {
    const records = [at(0, failed), at(0, { ...aborted, attempt: 2 })];
    expect(finalAttempts(records)).toMatchObject([{ attempt: 2, status: 'aborted' }]);
  });

  it('one is left, in the order of the run, whatever the order they were stored in', () => {
    const records = [at(1, failed), at(0), at(1, { attempt: 2 })];
    expect(named(finalAttempts(records))).toEqual(['t0001.1', 't0002.2']);
    expect(finalAttempts(finalAttempts(records))).toEqual(finalAttempts(records));
  });
});

describe('figures of a trial', () => {
  it('are used once, from its final attempt', () => {
    const records = [at(1), at(0, failed), at(0, { attempt: 2 })];
    expect(named(usableTrials(records))).toEqual(['t0001.2', 't0002.1']);
  });

  it.each([
    ['that failed after it was measured', { status: 'failed' as const }],
    ['that something speaks against', { invalid: ['driver saturated'] }],
    ['that has none', { metrics: null }],
  ])('%s are not used', (_what, changes) => {
    expect(named(usableTrials([at(0, changes), at(1)]))).toEqual(['t0002.1']);
  });
});

describe('a wrong answer', () => {
  it('counts though a repetition was right, and once a trial', () => {
    const wrong = { ...failed, ...answered(false) };
    const records = [at(0, wrong), at(0, { ...wrong, attempt: 2 }), at(0, { attempt: 3 }), at(1)];
    expect(wrongAnswers(records)).toBe(1);
  });

  it('is not the same as an unchecked one', () => {
    expect(wrongAnswers([at(0, answered(null)), at(1, { verification: null })])).toBe(0);
  });
});

describe('a run', () => {
  it.each([
    ['complete', 'every planned trial has completed', [at(0, failed), at(0, { attempt: 2 }), at(1)], false],
    ['complete', 'the interrupt came after its last trial', [at(0), at(1)], true],
    ['partial', 'a trial failed', [at(0), at(1, failed)], false],
    ['partial', 'a trial was never tried', [at(0)], false],
    ['interrupted', 'it was interrupted before the end', [at(0)], true],
    ['interrupted', 'a trial was aborted, and nobody remembers why', [at(0), at(1, aborted)], false],
  ])('is %s when %s', (status, _when, records, isInterrupted) => {
    expect(runStatus(plan, records, isInterrupted)).toBe(status);
  });
});
