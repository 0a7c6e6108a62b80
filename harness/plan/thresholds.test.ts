import { describe, expect, it } from 'vitest';
import { parseThreshold, thresholdPattern } from './thresholds.ts';

describe('a threshold', () => {
  it('keeps its latency in milliseconds', () => {
    const parsed = parseThreshold('p99 <= 1.5s');
    expect(parsed).toEqual({
      ok: true,
      value: { metric: 'p99', comparator: '<=', value: 1500, unit: 'ms', text: 'p99<=1.5s' },
    });
  });

  it('keeps its throughput per second', () => {
    const parsed = parseThreshold('throughput>100/s');
    expect(parsed).toMatchObject({
      ok: true,
      value: { metric: 'throughput', comparator: '>', value: 100, unit: '1/s' },
    });
  });

  it.each([
    ['p98<20ms', 'there is no metric "p98"; did you mean p90?'],
    ['throughtput>100/s', 'there is no metric "throughtput"; did you mean throughput?'],
    ['constructor<1ms', 'there is no metric "constructor"'],
    ['p99<20', 'the unit is missing: 20ms or 20s?'],
    ['throughput>100', 'the unit is missing: 100/s?'],
    ['throughput>100ms', '"100ms" is not a rate such as 100/s'],
    ['p99=20ms', '"p99=20ms" is not of the form metric<value, such as p99<20ms'],
    ['', '"" is not of the form metric<value, such as p99<20ms'],
  ])('%s is refused: %s', (text, reason) => {
    expect(parseThreshold(text)).toEqual({ ok: false, reason });
    expect(thresholdPattern.test(text)).toBe(false);
  });
});
