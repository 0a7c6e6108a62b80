/** From a stored run to everything that is said of it: the model, the summary's pointers, the files of the report. */
import { join } from 'node:path';
import { summarizeCells } from '../../../analysis/cell-summary.ts';
import { readChartLibrary, renderHtml } from '../../../analysis/report/render-html.ts';
import type { ReportModel, Warning } from '../../../analysis/report/report-model.ts';
import { exportSummaryCsv, exportSummaryJson, type CellSummary } from '../../../results/export/summary.ts';
import { writeWhole } from '../../../results/store/durable.ts';
import { makeDirs } from '../../../results/store/make-dirs.ts';
import type { StoredRun } from '../../../results/store/open-run.ts';
import pc from 'picocolors';
import { exitCodeOf, type ExitCode } from '../exit-code.ts';
import { buildReport } from '../summary/build-report.ts';
import { nextCommand } from '../summary/next-command.ts';
import { textSummary, type Pointers } from '../summary/text-summary.ts';

export interface FinishedRun {
  readonly model: ReportModel;
  readonly cells: readonly CellSummary[];
  readonly exitCode: ExitCode;
  readonly pointers: Pointers;
}

export interface FinishOptions {
  /** 130 or 143 when a signal ended the run. */
  readonly interrupted: 130 | 143 | null;
  /** Doubts that were known before the run, such as notes on the plan. */
  readonly notes: readonly Warning[];
}

/** Pure: what there is to say of a run. */
export function concludeRun(run: StoredRun, { interrupted, notes }: FinishOptions): FinishedRun {
  const { manifest, trials: records, path: runDir } = run;
  const built = buildReport({ manifest, records, runDir, isInterrupted: interrupted !== null });
  const model = { ...built, warnings: [...run.warnings, ...notes, ...built.warnings] };
  return {
    model,
    cells: summarizeCells(manifest.plan, records),
    exitCode: exitCodeOf({ plan: manifest.plan, records, thresholds: model.thresholds, interrupted }),
    pointers: {
      reportPath: join(runDir, 'report', 'index.html'),
      next: nextCommand(manifest, records, runDir),
    },
  };
}

/**
 * Writes `report/index.html`, `report/summary.txt`, `summary.csv` and `summary.json` into the run directory, each whole
 * or not at all.
 *
 * @throws StrataError E360–E362
 */
export async function writeReport({ model, cells, pointers }: FinishedRun): Promise<void> {
  const { runDir, runId } = model;
  await makeDirs(join(runDir, 'report'));
  const page = { columns: 110, colors: pc.createColors(false) };
  await writeWhole(join(runDir, 'report', 'index.html'), renderHtml(model, await readChartLibrary()));
  await writeWhole(join(runDir, 'report', 'summary.txt'), `${textSummary(model, pointers, page)}\n`);
  await exportSummaryCsv(join(runDir, 'summary.csv'), cells);
  await exportSummaryJson(join(runDir, 'summary.json'), runId, cells);
}
