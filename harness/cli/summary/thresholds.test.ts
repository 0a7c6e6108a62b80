import { describe, expect, it } from 'vitest';
import { buildReport } from './build-report.ts';
import { cellsOver, killed, runOf, type RunShape } from './run.fixture.ts';
import { thresholdsOf } from './thresholds.ts';

const rule = (metric: string, comparator: string, value: number) => {
  const unit = metric === 'throughput' ? '1/s' : 'ms';
  return { thresholds: [{ metric, comparator, value, unit, text: `${metric}${comparator}${value}` }] };
};
const outcomes = (shape: RunShape) => buildReport(runOf(shape)).thresholds.map(({ outcome }) => outcome);

describe('a threshold', () => {
  it('passes or fails on the mean over trials', () => {
    expect(outcomes({ experiment: rule('p99', '<', 3.5) })).toEqual(['pass']);
    expect(outcomes({ experiment: rule('p99', '<', 2.5) })).toEqual(['fail']);
    expect(outcomes({ experiment: rule('throughput', '>', 1) })).toEqual(['pass']);
  });

  it('tells at most from less than', () => {
    expect(outcomes({ experiment: rule('p99', '<=', 3) })).toEqual(['pass']);
    expect(outcomes({ experiment: rule('p99', '<', 3) })).toEqual(['fail']);
  });

  it('is judged for every cell', () => {
    expect(outcomes({ cells: cellsOver([1, 3], [4]), experiment: rule('p99', '<', 20) })).toEqual([
      'pass',
      'pass',
    ]);
  });

  it('is unknown where the metric has no value in any trial', () => {
    expect(outcomes({ experiment: rule('p999', '<', 1e9) })).toEqual(['unknown']);
  });

  it('is unknown for a cell whose trials all failed or are invalid', () => {
    const failed = { status: 'failed', cause: killed, metrics: null, verification: null } as const;
    const experiment = rule('p99', '<', 1e9);
    expect(outcomes({ trials: 1, experiment, records: { t0001: failed } })).toEqual(['unknown']);
    expect(outcomes({ trials: 1, experiment, records: { t0001: { invalid: ['saturated'] } } })).toEqual([
      'unknown',
    ]);
  });

  it('says when the interval includes the limit', () => {
    const experiment = rule('throughput', '>', 2400);
    expect(buildReport(runOf({ experiment })).thresholds[0]?.remark).toBe('the interval includes the limit');
  });

  it('also works for metrics that the table does not show', () => {
    expect(outcomes({ experiment: rule('p90', '<', 2.1) })).toEqual(['pass']);
    expect(outcomes({ experiment: rule('min', '<', 0.4) })).toEqual(['fail']);
  });
});

it('refuses thresholds that are none, rather than dropping them', () => {
  expect(() => thresholdsOf({ thresholds: [{ metric: 'p98' }] })).toThrow();
});
