/** From the stored attempts of a run to what is said of each cell. Pure: the same records give the same summary. */
import type { PlannedTrial } from '../harness/foundation/cell.ts';
import type { CellMetrics, CellSummary, Estimate } from '../results/export/summary.ts';
import type { LatencySummary, TrialMetrics, TrialRecord } from '../results/store/records.ts';
import { studentTQuantile } from './student-t.ts';

/**
 * One summary a cell, in the order in which the plan first names them. A trial counts once, by its completed attempt
 * if it has one, else by its last.
 */
export function summarizeCells(
  plan: readonly PlannedTrial[],
  records: readonly TrialRecord[],
): readonly CellSummary[] {
  const verdicts = decisiveAttempts(records);
  const firstOfCell = plan.filter(
    ({ cellKey }, index) => plan.findIndex((trial) => trial.cellKey === cellKey) === index,
  );
  return firstOfCell.map((first) => {
    const trials = plan.filter(({ cellKey }) => cellKey === first.cellKey);
    const attempts = trials.flatMap(({ id }) => verdicts.get(id) ?? []);
    const ofCell = records.filter(({ cellKey }) => cellKey === first.cellKey);
    return summarizeCell(first, trials.length, attempts, ofCell);
  });
}

function decisiveAttempts(records: readonly TrialRecord[]): ReadonlyMap<string, TrialRecord> {
  const decisive = new Map<string, TrialRecord>();
  for (const record of records)
    if (decisive.get(record.trialId)?.status !== 'completed') decisive.set(record.trialId, record);
  return decisive;
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
  if (all.some(({ verification }) => verification?.correct === false)) return false;
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

/** Mean and two-sided 95 % t-interval: mean ± t(0.975, n−1) · s / √n. One value has no interval. */
export function meanWithInterval(values: readonly number[]): Estimate {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, ciLow: null, ciHigh: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const halfWidth = studentTQuantile(0.975, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean, ciLow: mean - halfWidth, ciHigh: mean + halfWidth };
}
