/** Two stored runs and what may be said of them together; refuses what must not stand beside each other. Pure. */
import { usableTrials } from '../../../analysis/attempts.ts';
import {
  remarksOn,
  unlikenesses,
  type Allowance,
  type Side,
  type Unlike,
} from '../../../analysis/compare/comparability.ts';
import { compareRuns, type ComparedMetric } from '../../../analysis/compare/compare-runs.ts';
import {
  comparisonReport,
  type ComparedRun,
  type ComparisonReport,
} from '../../../analysis/compare/comparison-report.ts';
import { cellLabel } from '../../../analysis/report/cell-label.ts';
import { floorFor, machineOf, type NoiseFloor } from '../../../results/store/noise-floor.ts';
import type { StoredRun } from '../../../results/store/open-run.ts';
import type { Cell } from '../../foundation/cell.ts';
import { StrataError } from '../../foundation/errors.ts';
import { cellsOf } from '../summary/words.ts';
import { knownNoise } from '../summary/calibration-words.ts';

export interface CompareOptions {
  readonly allowed: readonly Allowance[];
  /** A larger loss is a regression; a share. The noise floor counts where it is larger. */
  readonly regressionThreshold: number;
  readonly noiseFloors: readonly NoiseFloor[];
}

/** @throws StrataError E241 for runs that are unlike, E242 for runs without a common cell */
export function compareStored(a: StoredRun, b: StoredRun, options: CompareOptions): ComparisonReport {
  const manifests = [a.manifest, b.manifest];
  const unlike = unlikenesses(manifests);
  refuseUnlike(unlike, options.allowed);
  refuseStrangers(a, b);
  const { regressionThreshold, noiseFloors } = options;
  const allowedLoss = (cell: Cell, metric: ComparedMetric, trials: number) =>
    Math.max(regressionThreshold, floorShare(b, noiseFloors, cell, metric, trials));
  return comparisonReport(compareRuns(a.trials, b.trials, allowedLoss), {
    a: nameOf(a),
    b: nameOf(b),
    allowed: unlike.map(({ text }) => text),
    remarks: remarksOn(manifests),
    noise: knownNoise(b.manifest, Math.min(leastTrials(a), leastTrials(b)), noiseFloors),
  });
}

/** @throws StrataError E241 */
function refuseUnlike(unlike: readonly Unlike[], allowed: readonly Allowance[]): void {
  const refused = unlike.filter(({ kind }) => !allowed.includes(kind));
  if (refused.length === 0) return;
  const kinds = [...new Set(unlike.map(({ kind }) => kind))];
  throw new StrataError({
    code: 'STRATA-E241',
    message: `the runs must not be compared: ${refused.map(({ text }) => text).join('; ')}`,
    fix: `repeat one of them where the other was made; --allow ${kinds.join(',')} compares them all the same, and says so`,
  });
}

/** Before anything is measured: what is already known to be unlike. @throws StrataError E241 */
export function refuseUnlikeHere(
  baseline: Side,
  here: Pick<Side, 'host' | 'commit'>,
  allowed: readonly Allowance[],
): void {
  refuseUnlike(unlikenesses([baseline, { ...baseline, ...here }]), allowed);
}

function refuseStrangers(a: StoredRun, b: StoredRun): void {
  const keys = new Set(a.manifest.plan.map(({ cellKey }) => cellKey));
  if (b.manifest.plan.some(({ cellKey }) => keys.has(cellKey))) return;
  const some = ({ manifest }: StoredRun) => cellsOf(manifest).slice(0, 2).map(cellLabel).join('; ');
  throw new StrataError({
    code: 'STRATA-E242',
    message: `the runs have no cell in common: A has ${some(a)}; B has ${some(b)}`,
    fix: 'cells are matched by all their factors, requests and warm-up too: repeat the one run with the experiment of the other',
  });
}

function floorShare(
  { manifest }: StoredRun,
  known: readonly NoiseFloor[],
  { env }: Cell,
  metric: ComparedMetric,
  trials: number,
): number {
  // The noise of p99 is at least that of p95, which A/A runs look at.
  const measured = metric === 'p99' ? 'p95' : metric;
  const floor = floorFor(known, { machine: machineOf(manifest, env), env, metric: measured, trials });
  return floor === null ? 0 : floor.ratio - 1;
}

function leastTrials({ manifest, trials }: StoredRun): number {
  const keys = [...new Set(manifest.plan.map(({ cellKey }) => cellKey))];
  const usable = usableTrials(trials);
  return Math.min(...keys.map((key) => usable.filter(({ cellKey }) => cellKey === key).length));
}

function nameOf({ manifest, path }: StoredRun): ComparedRun {
  const { runId, startedAtIso, experiment } = manifest;
  const name = experiment['name'];
  return { runId, runDir: path, startedAtIso, title: typeof name === 'string' ? name : runId };
}
