/**
 * Several runs on one page: their cells side by side, each with its run as one more factor. Trials of different runs
 * did not share blocks, so nothing is compared across runs here; `compare` does that. Pure.
 */
import { runLetter } from '../compare/run-letter.ts';
import type { Distributions } from '../distribution/distribution.ts';
import type { CellRow, ReportModel, Warning } from './report-model.ts';

/** What has to be said of runs because they stand beside each other. */
export interface AcrossRuns {
  /** What makes them unlike without keeping them off one page. */
  readonly unlike: readonly string[];
  readonly remarks: readonly string[];
}

/** @param models - at least two, like each other in host and accelerator. Runs are called A, B, C … in their order. */
export function joinReports(
  models: readonly [ReportModel, ...ReportModel[]],
  { unlike, remarks }: AcrossRuns,
): ReportModel {
  const [first] = models;
  const named = models.map((model, index) => ({
    model: renamed(model, runLetter(index)),
    run: runLetter(index),
  }));
  const all = <T>(pick: (model: ReportModel) => readonly T[]) => named.flatMap(({ model }) => pick(model));
  const worst = (['bad', 'unknown', 'good'] as const).find((tone) =>
    models.some(({ verdict }) => verdict.tone === tone),
  );
  return {
    ...first,
    runId: models.map(({ runId }) => runId).join(' + '),
    title: [...new Set(models.map(({ title }) => title))].join(' and '),
    status: models.find(({ status }) => status !== 'complete')?.status ?? 'complete',
    verdict: {
      tone: worst ?? 'unknown',
      headline: `${models.length} runs on one page`,
      sentences: named.map(({ model: { verdict }, run }) => `Run ${run}: ${verdict.headline}.`),
    },
    accelerator: models.find(({ accelerator }) => accelerator !== null)?.accelerator ?? null,
    measured: named.flatMap(({ model, run }) => [`Run ${run} is ${model.runId}.`, ...model.measured]),
    thresholds: all(({ thresholds }) => thresholds),
    cells: all(({ cells }) => cells),
    slowdowns: all(({ slowdowns }) => slowdowns),
    distributions: {
      cells: all(({ distributions }) => distributions.cells),
      insides: all(({ distributions }) => distributions.insides),
      unknown: all(({ distributions }) => distributions.unknown),
    },
    trials: all(({ trials }) => trials),
    failures: all(({ failures }) => failures),
    papers: all(({ papers }) => papers),
    boots: all(({ boots }) => boots),
    quality: {
      trials: all(({ quality }) => quality.trials),
      rules: [...new Set(all(({ quality }) => quality.rules))],
    },
    warnings: [...unlike.map(unlikeWarning), ...all(({ warnings }) => warnings)],
    provenance: named.flatMap(({ model, run }) =>
      model.provenance.map(([label, value]) => [`${run}: ${label}`, value] as const),
    ),
    methods: [...new Set(all(({ methods }) => methods)), ...remarks, 'Nothing here is tested across runs.'],
  };
}

function unlikeWarning(text: string): Warning {
  return {
    code: 'unlike-runs',
    message: `the runs are unlike: ${text}`,
    advice: 'do not read a difference between the runs as one between their cells',
  };
}

/** Names that are unique in a run only carry the run, so that none stands for two things. */
function renamed(model: ReportModel, run: string): ReportModel {
  const own = <T extends { readonly trialId: string; readonly cellLabel: string }>(row: T): T => ({
    ...row,
    ...{ trialId: `${run}-${row.trialId}`, cellLabel: `run ${run}, ${row.cellLabel}` },
  });
  const key = (cellKey: string) => `${run} ${cellKey}`;
  const ofCell = <T extends { readonly cellKey: string }>(row: T): T => ({
    ...row,
    cellKey: key(row.cellKey),
  });
  const { calibration: _ofOneRun, ...rest } = model;
  return {
    ...rest,
    cells: model.cells.map((cell) => renamedCell(cell, run, key)),
    thresholds: model.thresholds.map((row) => ({
      ...ofCell(row),
      cellLabel: `run ${run}, ${row.cellLabel}`,
    })),
    slowdowns: model.slowdowns.map((row) => ({ ...ofCell(row), baselineKey: key(row.baselineKey) })),
    distributions: renamedDistributions(model.distributions, run, { own, ofCell }),
    trials: model.trials.map((row) => own(ofCell(row))),
    failures: model.failures.map(own),
    quality: { ...model.quality, trials: model.quality.trials.map(own) },
    warnings: model.warnings.map((warning) => ({ ...warning, message: `run ${run}: ${warning.message}` })),
  };
}

function renamedCell(cell: CellRow, run: string, key: (cellKey: string) => string): CellRow {
  return {
    ...cell,
    key: key(cell.key),
    label: `run ${run}, ${cell.label}`,
    factors: new Map([['run', run], ...cell.factors]),
  };
}

interface Renaming {
  readonly own: <T extends { readonly trialId: string; readonly cellLabel: string }>(row: T) => T;
  readonly ofCell: <T extends { readonly cellKey: string }>(row: T) => T;
}

function renamedDistributions(
  { cells, insides, unknown }: Distributions,
  run: string,
  { own, ofCell }: Renaming,
): Distributions {
  return {
    cells: cells.map(ofCell),
    insides: insides.map((inside) => own(ofCell(inside))),
    unknown: unknown.map((row) => ({ ...row, trialId: `${run}-${row.trialId}` })),
  };
}
