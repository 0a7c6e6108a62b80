/** From the stored attempts of a run to what is said of each cell. Pure: the same records give the same summary. */
import tQuantile from '@stdlib/stats-base-dists-t-quantile';
import { bootModes, environmentNames, type Cell, type PlannedTrial } from '../harness/foundation/cell.ts';
import type { CellMetrics, CellSummary, Estimate } from '../results/export/summary.ts';
import type { LatencySummary, TrialMetrics, TrialRecord } from '../results/store/records.ts';
import { decisiveAttempts, wrongAnswers } from './attempts.ts';
import { byMysqlFactors } from './report/mysql-factors.ts';

/**
 * One summary a cell, sorted by factors: plans are in random order, tables must not be. A trial counts once, by its completed attempt
 * if it has one, else by its last.
 */
export function summarizeCells(
  plan: readonly PlannedTrial[],
  records: readonly TrialRecord[],
): readonly CellSummary[] {
  const verdicts = decisiveAttempts(records);
  const firstOfCell = new Map<string, PlannedTrial>();
  for (const trial of plan) if (!firstOfCell.has(trial.cellKey)) firstOfCell.set(trial.cellKey, trial);
  return [...firstOfCell.values()].sort(byFactors).map((first) => {
    const trials = plan.filter(({ cellKey }) => cellKey === first.cellKey);
    const attempts = trials.flatMap(({ id }) => verdicts.get(id) ?? []);
    const ofCell = records.filter(({ cellKey }) => cellKey === first.cellKey);
    return summarizeCell(first, trials.length, attempts, ofCell);
  });
}

function byFactors({ cell: a }: PlannedTrial, { cell: b }: PlannedTrial): number {
  const places =
    environmentNames.indexOf(a.env) - environmentNames.indexOf(b.env) || bootRank(a) - bootRank(b);
  const sizes = compare(a.store, b.store) * -1 || a.replicas - b.replicas || a.clients - b.clients;
  return (
    places ||
    compare(a.workload, b.workload) ||
    sizes ||
    byMysqlFactors(a, b) ||
    byLimits(a, b) ||
    compare(a.label ?? '', b.label ?? '')
  );
}

/** Warm before cold; cells without machines have neither. */
function bootRank({ boot }: Cell): number {
  return boot === undefined ? 0 : bootModes.indexOf(boot);
}

/** Unlimited first, then rising: the case without the factor is what the others are read against. */
function byLimits(a: Cell, b: Cell): number {
  return (a.cpus ?? 0) - (b.cpus ?? 0) || (a.memoryBytes ?? 0) - (b.memoryBytes ?? 0);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function summarizeCell(
  { cell }: PlannedTrial,
  planned: number,
  attempts: readonly TrialRecord[],
  allAttempts: readonly TrialRecord[],
): CellSummary {
  const withStatus = (status: TrialRecord['status']) => attempts.filter((record) => record.status === status);
  const completed = withStatus('completed');
  const valid = completed.filter(({ invalid }) => invalid.length === 0);
  return {
    factors: cell,
    trials: {
      planned,
      completed: completed.length,
      failed: withStatus('failed').length,
      aborted: withStatus('aborted').length,
      invalid: completed.length - valid.length,
    },
    correct: correctness(completed, allAttempts),
    metrics: summarizeMetrics(valid.flatMap(({ metrics }) => metrics ?? [])),
  };
}

/** One wrong answer in any attempt, repeated since or not, makes the cell wrong; one unchecked trial makes it unknown. */
function correctness(completed: readonly TrialRecord[], all: readonly TrialRecord[]): boolean | null {
  if (wrongAnswers(all) > 0) return false;
  const known = completed.length > 0 && completed.every(({ verification }) => verification?.correct === true);
  return known ? true : null;
}

function summarizeMetrics(trials: readonly TrialMetrics[]): CellMetrics | null {
  if (trials.length === 0) return null;
  const latencies = trials.map(({ latencyMs }) => latencyMs);
  const over = (name: keyof LatencySummary) => {
    const values = latencies.flatMap((latency) => latency[name] ?? []);
    return values.length === trials.length ? meanWithInterval(values) : null;
  };
  const mean = meanWithInterval(latencies.map((latency) => latency.mean));
  const [p50, p95, p99] = [over('p50'), over('p95'), over('p99')];
  return {
    throughputPerS: meanWithInterval(trials.map(({ throughputPerS }) => throughputPerS)),
    latencyMs: {
      mean: mean.mean,
      p50: p50?.mean ?? null,
      p95: p95?.mean ?? null,
      p99: p99?.mean ?? null,
      max: Math.max(...latencies.map(({ max }) => max)),
    },
    latencyCiMs: { mean, p50, p95, p99 },
  };
}

/** With two values t(0.975, 1) = 12.7: an interval of many orders of magnitude tells nobody anything. */
const fewestForInterval = 3;

/**
 * Geometric mean and two-sided 95 % interval, on the scale on which trials are compared (STATISTICS: logarithm of the
 * trial metric): exp(m ± t(0.975, n−1) · s / √n) with m and s of ln x. Trial metrics are positive and skewed; an
 * interval on the plain scale reaches below zero when trials are few. Fewer than three values have no interval.
 *
 * @param values positive
 */
export function meanWithInterval(values: readonly number[]): Estimate {
  const n = values.length;
  const [first] = values;
  if (n === 1 && first !== undefined) return { mean: first, ciLow: null, ciHigh: null };
  const logs = values.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / n;
  if (n < fewestForInterval) return { mean: Math.exp(mean), ciLow: null, ciHigh: null };
  const squares = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
  const halfWidth = tQuantile(0.975, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean: Math.exp(mean), ciLow: Math.exp(mean - halfWidth), ciHigh: Math.exp(mean + halfWidth) };
}
