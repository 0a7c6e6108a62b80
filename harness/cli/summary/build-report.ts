/** Joins what a run stored into the one model that text, HTML and JSON are drawn from. Pure. */
import { meanWithInterval, summarizeCells } from '../../../analysis/cell-summary.ts';
import { cellLabel } from '../../../analysis/report/cell-label.ts';
import type {
  CellRow,
  FailureRow,
  ReportModel,
  RunStatus,
  TrialRow,
} from '../../../analysis/report/report-model.ts';
import type { Manifest, TrialRecord } from '../../../results/store/records.ts';
import type { Threshold } from '../../plan/thresholds.ts';
import { finalAttempts, runStatus, validTrials, wrongAnswers } from './attempts.ts';
import { cellRows } from './cell-rows.ts';
import { evaluateThresholds, thresholdsOf } from './thresholds.ts';
import { verdictOf } from './verdict.ts';
import { warningsAbout } from './warnings.ts';
import { measuredWords, methods, provenance } from './words.ts';
import type { Estimate } from '../../../results/export/summary.ts';

export interface RunResults {
  readonly manifest: Manifest;
  /** All attempts, as stored. */
  readonly records: readonly TrialRecord[];
  readonly runDir: string;
  readonly isInterrupted: boolean;
}

export function buildReport({ manifest, records, runDir, isInterrupted }: RunResults): ReportModel {
  const final = finalAttempts(records);
  const rows = cellRows(summarizeCells(manifest.plan, records), final);
  const thresholds = evaluateThresholds(thresholdsOf(manifest.experiment), rows, metricFrom(final));
  const status: RunStatus = runStatus(manifest.plan, records, isInterrupted);
  const name = manifest.experiment['name'];
  return {
    runId: manifest.runId,
    runDir,
    title: typeof name === 'string' ? name : manifest.runId,
    startedAtIso: manifest.startedAtIso,
    status,
    verdict: verdictOf({
      status,
      planned: manifest.plan.length,
      final,
      wrong: wrongAnswers(records),
      thresholds,
    }),
    measured: measuredWords(manifest),
    thresholds,
    cells: rows,
    trials: final.map(trialRow),
    failures: records.flatMap((record) => failureRow(record, final)),
    warnings: warningsAbout(manifest, final, records),
    provenance: provenance(manifest),
    methods,
  };
}

/** Metrics of the summary where it has them; the rare others over the usable trials in the same way. */
function metricFrom(final: readonly TrialRecord[]) {
  return (cell: CellRow, metric: Threshold['metric']): Estimate | null => {
    if (cell.metrics === null) return null;
    if (metric === 'throughput') return cell.metrics.throughputPerS;
    if (metric !== 'min' && metric !== 'p90' && metric !== 'p999') return cell.metrics.latencyMs[metric];
    const trials = validTrials(final.filter(({ cellKey }) => cellKey === cell.key));
    const values = trials.map(({ metrics }) => metrics?.latencyMs[metric] ?? null);
    const known = values.filter((value) => value !== null);
    if (known.length === 0 || known.length < values.length) return null;
    return meanWithInterval(known);
  };
}

function trialRow(record: TrialRecord): TrialRow {
  // A failed trial may have been measured before it failed; its figures are no result.
  const metrics = record.status === 'completed' ? record.metrics : null;
  return {
    trialId: record.trialId,
    cellKey: record.cellKey,
    cellLabel: cellLabel(record.cell),
    position: record.position,
    attempt: record.attempt,
    status: record.status,
    correct: record.verification?.correct ?? null,
    invalid: record.invalid,
    throughputPerS: metrics?.throughputPerS ?? null,
    p50Ms: metrics?.latencyMs.p50 ?? null,
    p99Ms: metrics?.latencyMs.p99 ?? null,
  };
}

function failureRow(record: TrialRecord, final: readonly TrialRecord[]): FailureRow[] {
  if (record.status === 'completed') return [];
  const { cause } = record;
  return [
    {
      trialId: record.trialId,
      attempt: record.attempt,
      cellLabel: cellLabel(record.cell),
      status: record.status,
      phase: cause?.phase ?? 'unknown',
      code: cause?.code ?? 'STRATA-E100',
      message: cause?.message ?? 'no cause was recorded',
      because: cause?.because ?? [],
      fix: cause?.fix ?? 'report this with the run directory',
      log: cause?.log ?? null,
      isRecovered: final.some(({ trialId, status }) => trialId === record.trialId && status === 'completed'),
    },
  ];
}
