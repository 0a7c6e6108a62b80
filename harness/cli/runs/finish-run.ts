/** From a stored run to everything that is said of it: the model, the summary's pointers, the files of the report. */
import { dirname, join } from 'node:path';
import { summarizeCells } from '../../../analysis/cell-summary.ts';
import { paperRows } from '../../../analysis/papers/compare-papers.ts';
import { noDetails, type OnsetDetails } from '../../../analysis/papers/onset-details.ts';
import { pageScript } from '../../../analysis/report/drawing/page-bundle.ts';
import { pageCharts } from '../../../analysis/report/page-sections.ts';
import { renderHtml } from '../../../analysis/report/render-html.ts';
import type { ReportModel, Warning } from '../../../analysis/report/report-model.ts';
import { exportBootsCsv } from '../../../results/export/boots-csv.ts';
import { exportPaperCsv } from '../../../results/export/paper-csv.ts';
import { exportSummaryCsv, exportSummaryJson, type CellSummary } from '../../../results/export/summary.ts';
import { writeWhole } from '../../../results/store/durable.ts';
import { makeDirs } from '../../../results/store/make-dirs.ts';
import { dueTrials } from '../../../results/store/due.ts';
import { storeNoiseFloors, type NoiseFloor } from '../../../results/store/noise-floor.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import type { StoredRun } from '../../../results/store/open-run.ts';
import pc from 'picocolors';
import { exitCodeOf, type ExitCode } from '../exit-code.ts';
import { floorsOf, noiseWords } from '../summary/calibration-words.ts';
import { buildReport } from '../summary/build-report.ts';
import { nextCommand } from '../summary/next-command.ts';
import { textSummary, type Pointers } from '../summary/text-summary.ts';
import { withSamples } from './with-samples.ts';
import { writePictures } from './write-pictures.ts';

export interface FinishedRun {
  readonly model: ReportModel;
  readonly cells: readonly CellSummary[];
  /** All attempts, as stored. */
  readonly records: readonly TrialRecord[];
  readonly exitCode: ExitCode;
  readonly pointers: Pointers;
  /** What an A/A run says of this machine. */
  readonly noiseFloors: readonly NoiseFloor[];
}

export interface FinishOptions {
  /** 130 or 143 when a signal ended the run. */
  readonly interrupted: 130 | 143 | null;
  /** Doubts that were known before the run, such as notes on the plan. */
  readonly notes: readonly Warning[];
  /** What is known of this machine from A/A runs. */
  readonly noiseFloors?: readonly NoiseFloor[];
  /** See `run-details.ts`; absent where nobody read the samples. */
  readonly details?: OnsetDetails;
  /** Whether an undecided hypothesis is an error. */
  readonly isStrict?: boolean;
}

/** Pure: what there is to say of a run. */
export function concludeRun(
  run: StoredRun,
  { interrupted, notes, noiseFloors = [], details = noDetails, isStrict = false }: FinishOptions,
): FinishedRun {
  const { manifest, trials: records, noise, stopping, path: runDir } = run;
  const due = dueTrials(manifest, stopping);
  const isInterrupted = interrupted !== null;
  const built = buildReport({ manifest, records, noise, stopping, runDir, isInterrupted, details });
  // A note on the plan that the run itself bears out is one doubt, not two.
  const known = new Set(built.warnings.map(({ message }) => message));
  const before = [...run.warnings, ...notes].filter(({ message }) => !known.has(message));
  const measured = [...built.measured, ...noiseWords(manifest, built.cells, noiseFloors)];
  const model = { ...built, measured, warnings: [...before, ...built.warnings] };
  return {
    model,
    cells: summarizeCells(due, records),
    records,
    noiseFloors: floorsOf(manifest, records),
    exitCode: exitCodeOf({
      ...{ plan: due, records, interrupted, isStrict },
      ...{ thresholds: model.thresholds, hypotheses: model.hypotheses },
    }),
    pointers: {
      reportPath: join(runDir, 'report', 'index.html'),
      next: nextCommand({ ...manifest, plan: due }, records, runDir),
    },
  };
}

/**
 * Writes `report/index.html`, `report/summary.txt`, `summary.csv`, `summary.json` and, where a paper is repeated,
 * `report/paper.csv`, where machines booted, `boots.csv` into the run directory, each whole or not at all; what an A/A
 * run found is added to `noise-floor.json` beside it.
 *
 * @throws StrataError E360–E362
 */
export async function writeReport({
  model,
  cells,
  records,
  pointers,
  noiseFloors,
}: FinishedRun): Promise<void> {
  const { runDir, runId } = model;
  await makeDirs(join(runDir, 'report'));
  const whole = await withSamples(model, records);
  const page = { columns: 110, colors: pc.createColors(false) };
  await writeWhole(join(runDir, 'report', 'index.html'), renderHtml(whole, await pageScript()));
  await writePictures(join(runDir, 'report'), pageCharts(whole));
  await writeWhole(join(runDir, 'report', 'summary.txt'), `${textSummary(model, pointers, page)}\n`);
  await exportSummaryCsv(join(runDir, 'summary.csv'), cells);
  await exportSummaryJson(join(runDir, 'summary.json'), runId, cells);
  if (model.papers.length > 0)
    await exportPaperCsv(join(runDir, 'report', 'paper.csv'), paperRows(model.papers));
  if (model.boots.length > 0) await exportBootsCsv(join(runDir, 'boots.csv'), records);
  if (noiseFloors.length > 0) await storeNoiseFloors(dirname(runDir), runId, noiseFloors);
}
