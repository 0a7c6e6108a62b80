/** Thresholds as text: `p99<20ms`, `throughput>100/s`. A metric that does not exist is refused, never passed. */
import { accepted, refused, type Parsed } from './parsed.ts';
import { closest } from './did-you-mean.ts';
import { parseDurationMs, parseRatePerS, quote } from './quantities.ts';

export const latencyMetrics = ['mean', 'min', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
export const thresholdMetrics = [...latencyMetrics, 'throughput'] as const;
export const comparators = ['<', '<=', '>', '>='] as const;

export type ThresholdMetric = (typeof thresholdMetrics)[number];

/** Holds when `metric comparator value`. Latencies are in milliseconds, `throughput` in requests per second. */
export interface Threshold {
  readonly metric: ThresholdMetric;
  readonly comparator: (typeof comparators)[number];
  readonly value: number;
  readonly unit: 'ms' | '1/s';
  /** As written, without spaces. */
  readonly text: string;
}

export const thresholdPattern =
  /^((mean|min|p50|p90|p95|p99|p999|max)\s?[<>]=?\s?\d{1,9}(\.\d{1,6})?\s?(us|µs|ms|s|m|h)|throughput\s?[<>]=?\s?\d{1,9}(\.\d{1,6})?\s?\/\s?s)$/;

export function parseThreshold(text: string): Parsed<Threshold> {
  const match = /^([^<>=\s]*)\s?([<>]=?)\s?(.*)$/.exec(text);
  if (match === null) return refused(`${quote(text)} is not of the form metric<value, such as p99<20ms`);
  const [, name = '', sign = '', amount = ''] = match;
  const metric = thresholdMetrics.find((known) => known === name);
  const comparator = comparators.find((known) => known === sign);
  if (metric === undefined || comparator === undefined) return refused(unknownMetric(name));
  const value = metric === 'throughput' ? parseRatePerS(amount) : parseDurationMs(amount);
  if (!value.ok) return value;
  const unit = metric === 'throughput' ? '1/s' : 'ms';
  return accepted({ metric, comparator, value: value.value, unit, text: text.replaceAll(/\s/g, '') });
}

function unknownMetric(name: string): string {
  const near = closest(name, thresholdMetrics);
  return `there is no metric ${quote(name)}${near === undefined ? '' : `; did you mean ${near}?`}`;
}
