/**
 * What is said of each cell of a run, as JSON and as CSV. The shape is the `cells[]` of `bench --json`; analysis fills
 * it in. Both files come from the same objects, so that they cannot disagree.
 */
import type { Cell } from '../../harness/foundation/cell.ts';
import { writeWhole } from '../store/durable.ts';
import { schemaVersion } from '../store/records.ts';
import { writeCsv, type CsvValue } from './csv.ts';

/** A geometric mean over trials with its 95 % confidence interval; the bounds are null for fewer than three trials. */
export interface Estimate {
  readonly mean: number;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
}

export interface CellSummary {
  readonly factors: Cell;
  readonly trials: {
    readonly planned: number;
    readonly completed: number;
    readonly failed: number;
    readonly aborted: number;
    /** Completed, but not fit for a verdict. */
    readonly invalid: number;
  };
  /** null = not known. */
  readonly correct: boolean | null;
  /** Over the completed trials that are not invalid; null when there is none. */
  readonly metrics: CellMetrics | null;
}

export interface CellMetrics {
  readonly throughputPerS: Estimate;
  /**
   * Means over trials of each trial's own figure (never a quantile of pooled requests); `max` is the largest of all.
   * A quantile is null when some trial had too few requests for it.
   */
  readonly latencyMs: LatencyMeans;
  readonly latencyCiMs: Readonly<Record<keyof Omit<LatencyMeans, 'max'>, Estimate | null>>;
}

export interface LatencyMeans {
  readonly mean: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number;
}

/** @throws StrataError E360–E362 */
export async function exportSummaryJson(
  path: string,
  runId: string,
  cells: readonly CellSummary[],
): Promise<void> {
  await writeWhole(path, `${JSON.stringify({ schemaVersion, runId, cells }, null, 2)}\n`);
}

/** One row a cell. @throws StrataError E360–E362 */
export async function exportSummaryCsv(path: string, cells: readonly CellSummary[]): Promise<void> {
  const names = summaryColumns.map(([name]) => name);
  const rows = cells.map((cell) => summaryColumns.map(([, value]) => value(cell)));
  await writeCsv(path, names, rows);
}

type SummaryColumn = readonly [name: string, value: (cell: CellSummary) => CsvValue];

const summaryColumns: readonly SummaryColumn[] = [
  ['env', ({ factors }) => factors.env],
  ['boot', ({ factors }) => factors.boot ?? null],
  ['label', ({ factors }) => factors.label ?? null],
  ['workload', ({ factors }) => factors.workload],
  ['replicas', ({ factors }) => factors.replicas],
  ['clients', ({ factors }) => factors.clients],
  ['store', ({ factors }) => factors.store],
  ['shared_memory', ({ factors }) => factors.sharedMemory],
  ['load', ({ factors }) => factors.load.kind],
  ['rate_per_s', ({ factors }) => (factors.load.kind === 'open' ? factors.load.ratePerS : null)],
  ['balance', ({ factors }) => factors.balance],
  ['mix', ({ factors }) => JSON.stringify(factors.mix)],
  ['requests_per_client', ({ factors }) => factors.requests],
  ['warmup_requests_per_client', ({ factors }) => factors.warmupRequests],
  ['request_timeout_ms', ({ factors }) => factors.requestTimeoutMs],
  // Of workload mysql; empty elsewhere. 0 inserts per minute = as fast as possible.
  ['engine', ({ factors }) => factors.mysql?.engine ?? null],
  ['mode', ({ factors }) => factors.mysql?.mode ?? null],
  ['inserts_per_minute', ({ factors }) => factors.mysql?.insertsPerMinute ?? null],
  ['aggregation', ({ factors }) => factors.mysql?.aggregation ?? null],
  ['delivery', ({ factors }) => factors.mysql?.delivery ?? null],
  ['string_length', ({ factors }) => factors.mysql?.stringLength ?? null],
  ['durability', ({ factors }) => factors.mysql?.durability ?? null],
  [
    'name_resolution',
    ({ factors: { mysql } }) => (mysql === undefined ? null : String(mysql.nameResolution)),
  ],
  ['on_peer_loss', ({ factors }) => factors.mysql?.onPeerLoss ?? null],
  ['cpus', ({ factors }) => factors.cpus ?? null],
  ['memory_bytes', ({ factors }) => factors.memoryBytes ?? null],
  ['faults', ({ factors }) => (factors.faults.length === 0 ? null : JSON.stringify(factors.faults))],
  ['trials_planned', ({ trials }) => trials.planned],
  ['trials_completed', ({ trials }) => trials.completed],
  ['trials_failed', ({ trials }) => trials.failed],
  ['trials_aborted', ({ trials }) => trials.aborted],
  ['trials_invalid', ({ trials }) => trials.invalid],
  ['correct', ({ correct }) => (correct === null ? null : String(correct))],
  ...estimateColumns('throughput', 'per_s', (metrics) => metrics.throughputPerS),
  ...(['mean', 'p50', 'p95', 'p99'] as const).flatMap((name) =>
    estimateColumns(`latency_${name}`, 'ms', (metrics) => metrics.latencyCiMs[name]),
  ),
  ['latency_max_ms', ({ metrics }) => metrics?.latencyMs.max ?? null],
];

/** `<name>_<unit>`, `<name>_ci_low_<unit>`, `<name>_ci_high_<unit>`. */
function estimateColumns(
  name: string,
  unit: string,
  estimate: (metrics: CellMetrics) => Estimate | null,
): readonly SummaryColumn[] {
  const of = (cell: CellSummary) => (cell.metrics === null ? null : estimate(cell.metrics));
  return [
    [`${name}_${unit}`, (cell) => of(cell)?.mean ?? null],
    [`${name}_ci_low_${unit}`, (cell) => of(cell)?.ciLow ?? null],
    [`${name}_ci_high_${unit}`, (cell) => of(cell)?.ciHigh ?? null],
  ];
}
