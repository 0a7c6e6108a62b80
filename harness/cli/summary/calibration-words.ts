/** What A/A runs say of a machine, in words: of the run itself, and of the machine in every later report. Pure. */
import { calibrate, type Calibration } from '../../../analysis/calibration/calibrate.ts';
import { splitCount } from '../../../analysis/calibration/splits.ts';
import { cellLabel } from '../../../analysis/report/cell-label.ts';
import { counted, distance, grouped } from '../../../analysis/report/numbers.ts';
import type { CellRow, CalibrationReport, CalibrationRow } from '../../../analysis/report/report-model.ts';
import { floorFor, machineOf, type NoiseFloor } from '../../../results/store/noise-floor.ts';
import type { Manifest, TrialRecord } from '../../../results/store/records.ts';
import { precisionMetrics } from '../../foundation/stopping.ts';
import { cellsOf } from './words.ts';

/** Empty for a run without labels. */
export function calibrationOf(
  manifest: Manifest,
  records: readonly TrialRecord[],
): { readonly calibration?: CalibrationReport } {
  if (!isAa(manifest)) return {};
  const found = calibrate(records, manifest.seed);
  return { calibration: { sentences: sentencesOf(found), rows: found.map(rowOf) } };
}

/** What this run adds to what is known of its machine. */
export function floorsOf(manifest: Manifest, records: readonly TrialRecord[]): readonly NoiseFloor[] {
  if (!isAa(manifest)) return [];
  const { runId, startedAtIso } = manifest;
  return calibrate(records, manifest.seed)
    .filter(({ floors }) => floors.length > 0)
    .map(({ cell: { env }, cellKey, metric, floors }) => {
      return {
        runId,
        startedAtIso,
        machine: machineOf(manifest, env),
        env,
        cellKey,
        metric,
        floors: [...floors],
      };
    });
}

function isAa(manifest: Manifest): boolean {
  return cellsOf(manifest).some(({ label }) => label !== undefined);
}

function sentencesOf(found: readonly Calibration[]): string[] {
  const tested = found.filter(({ p }) => p !== null);
  if (tested.length === 0)
    return [
      'Every cell ran twice under the labels a and b, and none has trials enough to compare its copies.',
    ];
  const asLabelled = tested.filter(({ p }) => p !== null && p < 0.05).length;
  const splits = found.reduce((sum, each) => sum + each.splits, 0);
  const rejected = found.reduce((sum, each) => sum + each.rejected, 0);
  return [
    `Every cell ran twice under the labels a and b, which change nothing. As labelled, ${asLabelled} of ${counted(tested.length, 'comparison')} reject at α = 0.05 without correction.`,
    ...(splits === 0
      ? [
          'At least 5 blocks with both copies are needed for a rate of false positives and a noise floor: --trials 20.',
        ]
      : [
          `Split anew within blocks by seeded chance (${grouped(splitCount)} times a figure), ${grouped(rejected)} of ${counted(splits, 'comparison')} reject: false positives ${((100 * rejected) / splits).toFixed(1)} %, where 5 % are promised. Fewer mean that both copies share a drift which blocks take out; more, that intervals are too narrow.`,
          'The noise floor is the difference that 95 % of these splits stay under: smaller differences in a later run of this machine are none of the system under test.',
        ]),
  ];
}

function rowOf(each: Calibration): CalibrationRow {
  const { cell, metric, pairs, ratio, ciLow, ciHigh, p, splits, rejected, floors, remark } = each;
  return {
    cellLabel: cellLabel(cell),
    ...{ metric, pairs, p, remark },
    ratio: ratio === null ? null : { mean: ratio, ciLow, ciHigh },
    rejectedShare: splits === 0 ? null : rejected / splits,
    floorRatio: floors.at(-1)?.ratio ?? null,
  };
}

/** What is known of the noise of a run's machine, or how to get to know it; an A/A run says it itself. */
export function noiseWords(
  manifest: Manifest,
  cells: readonly CellRow[],
  known: readonly NoiseFloor[],
): readonly string[] {
  if (isAa(manifest)) return [];
  const usable = cells.map(({ trials: { completed, invalid } }) => completed - invalid);
  return knownNoise(manifest, Math.min(...usable), known);
}

/** For every environment of a run. @param trials a cell */
export function knownNoise(
  manifest: Manifest,
  trials: number,
  known: readonly NoiseFloor[],
): readonly string[] {
  const environments = [...new Set(cellsOf(manifest).map(({ env }) => env))];
  return environments.map((env) => {
    const machine = machineOf(manifest, env);
    const floors = precisionMetrics.flatMap((metric) => {
      const floor = floorFor(known, { machine, env, metric, trials });
      return floor === null ? [] : [{ metric, ...floor }];
    });
    const [first] = floors;
    if (first === undefined)
      return unknownFloor(
        env,
        known.some((floor) => floor.machine === machine && floor.env === env),
      );
    const list = floors.map(({ metric, ratio }) => `${distance(ratio)} of ${metric}`).join(', ');
    return `Noise floor of env ${env} on this machine, with ${counted(first.trials, 'trial')} a cell: differences under ${list} have been seen between two copies of the same cell (A/A run ${first.runId}).`;
  });
}

function unknownFloor(env: string, isKnownForMore: boolean): string {
  return isKnownForMore
    ? `The noise floor of env ${env} on this machine is known for 5 trials a cell or more, and this run has fewer.`
    : `No noise floor is known for env ${env} on this machine: npm run bench -- --aa --env ${env} --trials 20 measures how far two copies of the same cell lie apart.`;
}
