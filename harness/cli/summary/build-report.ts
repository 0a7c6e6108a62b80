/** Joins what a run stored into the one model that text, HTML and JSON are drawn from. Pure. */
import { finalAttempts, runStatus, usableTrials, wrongAnswers } from '../../../analysis/attempts.ts';
import { meanWithInterval, summarizeCells } from '../../../analysis/cell-summary.ts';
import { noDistributions } from '../../../analysis/distribution/distribution.ts';
import { slowdowns } from '../../../analysis/environment-slowdown.ts';
import { comparePapers } from '../../../analysis/papers/compare-papers.ts';
import { noDetails, type OnsetDetails } from '../../../analysis/papers/onset-details.ts';
import { noiseFindings } from '../../../analysis/quality/noise.ts';
import { judgeHypotheses } from '../../../analysis/verdict/judge.ts';
import { cellLabel } from '../../../analysis/report/cell-label.ts';
import type {
  CellRow,
  FailureRow,
  ReportModel,
  RunStatus,
  TrialRow,
} from '../../../analysis/report/report-model.ts';
import { dueTrials } from '../../../results/store/due.ts';
import type { Manifest, NoiseRecord, TrialRecord } from '../../../results/store/records.ts';
import type { StoppingDecision } from '../../foundation/stopping.ts';
import type { Threshold } from '../../plan/thresholds.ts';
import { acceleratorRow } from './accelerator-words.ts';
import { bootRows } from './boot-rows.ts';
import { calibrationOf } from './calibration-words.ts';
import { cellRows } from './cell-rows.ts';
import { inserterRows } from './inserter-rows.ts';
import { hypothesisWarnings } from './hypothesis-warnings.ts';
import { methodsOf } from './methods.ts';
import { noiseWarnings } from './noise-warnings.ts';
import { provenance } from './provenance.ts';
import { qualityModel } from './quality-rows.ts';
import { cappedWarning, stoppingWords } from './stopping-words.ts';
import { evaluateThresholds, thresholdsOf } from './thresholds.ts';
import { verdictOf } from './verdict.ts';
import { warningsAbout } from './warnings.ts';
import { cellsOf, measuredWords } from './words.ts';
import type { Estimate } from '../../../results/export/summary.ts';

export interface RunResults {
  readonly manifest: Manifest;
  /** All attempts, as stored. */
  readonly records: readonly TrialRecord[];
  /** The machine before and after each attempt. */
  readonly noise: readonly NoiseRecord[];
  /** What its stopping rule decided; empty for a run without one. */
  readonly stopping: readonly StoppingDecision[];
  readonly runDir: string;
  readonly isInterrupted: boolean;
  /** Of the samples, for a paper's figures; absent where nobody read them. */
  readonly details?: OnsetDetails;
}

export function buildReport(results: RunResults): ReportModel {
  const { manifest, records, noise, stopping, runDir, isInterrupted, details = noDetails } = results;
  const due = dueTrials(manifest, stopping);
  const final = finalAttempts(records);
  const disturbances = noiseFindings(noise, final, manifest.host);
  const rows = cellRows(summarizeCells(due, records), final);
  const thresholds = evaluateThresholds(thresholdsOf(manifest.experiment), rows, metricFrom(final));
  const hypotheses = judgeHypotheses(manifest.hypotheses, due, records);
  const status: RunStatus = runStatus(due, records, isInterrupted);
  const name = manifest.experiment['name'];
  return {
    runId: manifest.runId,
    runDir,
    title: typeof name === 'string' ? name : manifest.runId,
    startedAtIso: manifest.startedAtIso,
    status,
    verdict: verdictOf({
      status,
      planned: due.length,
      final,
      wrong: wrongAnswers(records),
      thresholds,
      hypotheses,
    }),
    accelerator: acceleratorRow(manifest),
    measured: [...measuredWords({ ...manifest, plan: due }), ...stoppingWords(manifest, stopping)],
    thresholds,
    ...calibrationOf(manifest, records),
    hypotheses,
    cells: rows,
    slowdowns: slowdowns(usableTrials(final)),
    distributions: noDistributions,
    trials: final.map(trialRow),
    papers: comparePapers({ manifest, plan: due, trials: usableTrials(final), details, hypotheses }),
    failures: records.flatMap((record) => failureRow(record, final)),
    boots: bootRows(records),
    inserters: inserterRows(final),
    quality: qualityModel(final, disturbances),
    warnings: [
      ...hypothesisWarnings(manifest),
      ...warningsAbout(manifest, final, records),
      ...cappedWarning(manifest, stopping),
      ...noiseWarnings(disturbances, final.length),
    ],
    provenance: provenance(manifest),
    methods: methodsOf(cellsOf(manifest)),
  };
}

/** Metrics of the summary where it has them; the rare others over the usable trials in the same way. */
function metricFrom(final: readonly TrialRecord[]) {
  return (cell: CellRow, metric: Threshold['metric']): Estimate | null => {
    if (cell.metrics === null) return null;
    if (metric === 'throughput') return cell.metrics.throughputPerS;
    if (metric !== 'min' && metric !== 'p90' && metric !== 'p999') return cell.metrics.latencyMs[metric];
    const trials = usableTrials(final.filter(({ cellKey }) => cellKey === cell.key));
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
