import { expect, it } from 'vitest';
import type { Hypothesis } from '../foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { exitCodeOf } from './exit-code.ts';
import { buildReport } from './summary/build-report.ts';
import { cellsOver, killed, runOf, type RunShape } from './summary/run.fixture.ts';

const codeOf = (shape: RunShape, interrupted: 130 | 143 | null = null, isStrict = false) => {
  const run = runOf(shape);
  const { thresholds, hypotheses } = buildReport(run);
  const { plan } = run.manifest;
  return exitCodeOf({ plan, records: run.records, thresholds, hypotheses, isStrict, interrupted });
};
const failure = (code: string): Partial<TrialRecord> => {
  return { status: 'failed', cause: { ...killed, code }, metrics: null, verification: null };
};
const answered = (correct: boolean | null): NonNullable<TrialRecord['verification']> => {
  return { correct, statement: 'looked', problems: [], facts: {} };
};
const slower: Hypothesis = {
  ...{ id: 'slower', statement: 'three are slower than one', metric: 'throughput', claim: 'at-most' },
  ...{ treatment: { replicas: [3] }, baseline: { replicas: [1] }, margin: 0.95 },
  ...{ alpha: 0.05, family: 'main', role: 'confirmatory' },
};
const unmet = { thresholds: [{ metric: 'p99', comparator: '<', value: 0.1, unit: 'ms', text: 'p99<100us' }] };
const unmeasured = {
  thresholds: [{ metric: 'p999', comparator: '<', value: 9e9, unit: 'ms', text: 'p999<9e9ms' }],
};

it('is 0 when every trial completed correctly and no threshold was missed', () => {
  expect(codeOf({})).toBe(0);
});

it('is 10 when a threshold is missed, and also when its metric has no value', () => {
  expect(codeOf({ experiment: unmet })).toBe(10);
  expect(codeOf({ experiment: unmeasured })).toBe(10);
});

it.each([
  ['STRATA-E100', 1],
  ['STRATA-E361', 3],
  ['STRATA-E412', 4],
  ['STRATA-E502', 5],
])('follows the code of the failure: %s gives %i', (code, exit) => {
  expect(codeOf({ records: { t0002: failure(code) } })).toBe(exit);
});

it('is 5 for a wrong answer, even one that a repetition seems to have mended', () => {
  expect(codeOf({ records: { t0002: { verification: answered(false) } } })).toBe(5);
  const [first] = runOf().records;
  const mended = { ...first, attempt: 2 } as TrialRecord;
  const wrong = { status: 'failed', verification: answered(false), cause: killed } as const;
  expect(codeOf({ records: { t0001: wrong }, further: [mended] })).toBe(5);
});

it('is 5 for an answer that could not be checked: unknown is never a pass', () => {
  expect(codeOf({ records: { t0002: { verification: answered(null) } } })).toBe(5);
  expect(codeOf({ records: { t0002: { verification: null } } })).toBe(5);
});

it('forgets a failure of the surroundings that a later attempt overcame', () => {
  const [first] = runOf().records;
  const again = { ...first, attempt: 2 } as TrialRecord;
  expect(codeOf({ records: { t0001: failure('STRATA-E412') }, further: [again] })).toBe(0);
});

it('prefers, of several, the interruption, then the workload, then the environment, then the threshold', () => {
  const records = { t0001: failure('STRATA-E412'), t0002: failure('STRATA-E502') };
  expect(codeOf({ records, experiment: unmet }, 130)).toBe(130);
  expect(codeOf({ records, experiment: unmet })).toBe(5);
  expect(codeOf({ records: { t0001: failure('STRATA-E412') }, experiment: unmet })).toBe(4);
});

it('is never 0 when a planned trial was not run', () => {
  expect(codeOf({ records: { t0003: null } })).toBe(1);
});

const claim = (claimed: Partial<Hypothesis>): RunShape => ({
  cells: cellsOver([1, 3], [2]),
  trials: 4,
  manifest: { hypotheses: [{ ...slower, ...claimed }] },
});

it('is 12 with --strict when a hypothesis is undecided; what is refuted is decided', () => {
  expect(codeOf(claim({}), null, true)).toBe(0);
  const refuted = claim({ claim: 'at-least', margin: 5 });
  expect(codeOf(refuted, null, true)).toBe(0);
  const undecided = claim({ claim: 'at-least', margin: 0.72 });
  expect(codeOf(undecided, null, true)).toBe(12);
  expect(codeOf(undecided)).toBe(0);
  expect(codeOf({ ...undecided, experiment: unmet }, null, true)).toBe(10);
});
