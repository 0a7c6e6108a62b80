/** Judges one trial by its own stored samples. A description; what it means for a verdict is not said here. */
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Cell } from '../../harness/foundation/cell.ts';
import { interruptible, openDatabase } from '../../results/store/duckdb.ts';
import type {
  AutocorrelationRecord,
  BucketSeries,
  SteadyStateRecord,
  TrialQuality,
} from '../../results/store/quality-record.ts';
import { isDegenerate } from '../statistics/outcome.ts';
import { autocorrelationWithinTrial } from '../statistics/within-trial/autocorrelation.ts';
import { blockBootstrapMeanWithinTrial } from '../statistics/within-trial/block-bootstrap.ts';
import { steadyStateWithinTrial } from '../statistics/within-trial/steady-state.ts';
import { littlesLaw, scheduleKept } from './load-checks.ts';
import { longestSilence, readBuckets, seriesOf } from './sample-buckets.ts';

/** With fewer buckets the penalty of a change outweighs any change. */
const fewestForSteadyState = 20;

/**
 * @param seed of the bootstrap; the trial's own, so that the record can be computed again
 * @returns null when nothing was acknowledged
 */
export async function computeTrialQuality(
  parquetPath: string,
  cell: Pick<Cell, 'load' | 'clients'>,
  seed: number,
  signal?: AbortSignal,
): Promise<TrialQuality | null> {
  await using database = await openDatabase(parquetPath);
  const connection = await database.connect();
  try {
    return await interruptible(connection, signal, () => qualityOf(connection, parquetPath, cell, seed));
  } finally {
    connection.closeSync();
  }
}

async function qualityOf(
  connection: DuckDBConnection,
  parquetPath: string,
  { load, clients }: Pick<Cell, 'load' | 'clients'>,
  seed: number,
): Promise<TrialQuality | null> {
  const buckets = await readBuckets(connection, parquetPath);
  if (buckets === null) return null;
  const series = seriesOf(buckets);
  const closed = load.kind === 'open' ? null : await littlesLaw(connection, parquetPath, clients);
  const steady =
    load.kind === 'open'
      ? steadyState(series, 'latency', measuredLatencies(series))
      : steadyState(series, 'throughput', throughputs(series, closed?.toNs ?? Infinity));
  return {
    series,
    steadyState: typeof steady === 'string' ? null : steady,
    steadyRemark: typeof steady === 'string' ? steady : '',
    autocorrelation: autocorrelationOf(measuredLatencies(series), seed),
    littlesLaw: closed,
    silence: longestSilence(buckets),
    schedule: load.kind === 'open' ? await scheduleKept(connection, parquetPath, load.ratePerS) : null,
  };
}

interface Values {
  readonly values: readonly number[];
  /** Requests behind each value. */
  readonly weights: readonly number[];
  /** Start of the bucket of each value, on the samples' clock. */
  readonly startsNs: readonly number[];
}

/** @returns why there is no judgement, in words, where there is none */
function steadyState(
  series: BucketSeries,
  of: SteadyStateRecord['of'],
  { values, startsNs }: Values,
): SteadyStateRecord | string {
  if (values.length < fewestForSteadyState)
    return `too short to tell: ${values.length} buckets of time with ten answers each, ${fewestForSteadyState} are needed`;
  const found = steadyStateWithinTrial(values, of === 'throughput' ? 'higher' : 'lower');
  const at = (index: number) => startsNs[index] ?? series.startNs;
  return {
    kind: found.kind,
    of,
    changesNs: found.changePoints.map(at),
    steadyFromNs: at(found.steadyFrom),
    levels: found.segmentMeans,
  };
}

/** @param untilNs when the first client was through: what the others still do is less than the load that is measured */
function throughputs(series: BucketSeries, untilNs: number): Values {
  const whole = bucketsOf(series).filter(({ startNs }) => startNs + series.widthNs <= untilNs + 1);
  return {
    values: whole.map(({ weight }) => weight / (series.widthNs / 1e9)),
    weights: whole.map(({ weight }) => weight),
    startsNs: whole.map(({ startNs }) => startNs),
  };
}

/** A bucket without an answer has no latency: what was due in it shows in the bucket of its answer. */
function measuredLatencies(series: BucketSeries): Values {
  const answered = bucketsOf(series).flatMap(({ meanMs, ...bucket }) =>
    meanMs === null ? [] : [{ ...bucket, meanMs }],
  );
  return {
    values: answered.map(({ meanMs }) => meanMs),
    weights: answered.map(({ weight }) => weight),
    startsNs: answered.map(({ startNs }) => startNs),
  };
}

/** Of the measurement. */
function bucketsOf({ startNs, widthNs, measureFrom, acknowledged, latencyMeanMs }: BucketSeries) {
  return acknowledged
    .map((weight, index) => ({
      weight,
      startNs: startNs + index * widthNs,
      meanMs: latencyMeanMs[index] ?? null,
    }))
    .slice(measureFrom);
}

function autocorrelationOf({ values, weights }: Values, seed: number): AutocorrelationRecord | null {
  const found = autocorrelationWithinTrial(values);
  if (isDegenerate(found)) return null;
  const interval = blockBootstrapMeanWithinTrial(values, weights, seed);
  return {
    lag1: found.lags[1] ?? 0,
    buckets: values.length,
    effectiveBuckets: found.effectiveN,
    latencyMeanMs: isDegenerate(interval)
      ? null
      : { mean: interval.mean, low: interval.low, high: interval.high },
  };
}
