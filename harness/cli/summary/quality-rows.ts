/** How good each trial was as a measurement, from its record. Pure. */
import { cellLabel } from '../../../analysis/report/cell-label.ts';
import type { NoiseFinding } from '../../../analysis/quality/noise.ts';
import type { QualityModel, QualityRow } from '../../../analysis/report/quality-section.ts';
import { duration } from '../../../analysis/report/numbers.ts';
import type { TrialQuality } from '../../../results/store/quality-record.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import { validityRules } from '../../run/validity.ts';

export function qualityModel(
  final: readonly TrialRecord[],
  disturbances: readonly NoiseFinding[],
): QualityModel {
  const row = (record: TrialRecord) =>
    qualityRow(
      record,
      disturbances.filter(({ trialId }) => trialId === record.trialId),
    );
  return { trials: final.flatMap(row), rules: validityRules };
}

function qualityRow(
  { quality, ...record }: TrialRecord,
  disturbances: readonly NoiseFinding[],
): QualityRow[] {
  if (quality === null) return [];
  return [
    {
      trialId: record.trialId,
      cellLabel: cellLabel(record.cell),
      steadyState: steadyWords(quality),
      isSteady: !isUnsteady(quality),
      ...memoryOf(quality),
      clients: quality.littlesLaw?.clients ?? null,
      inFlight: quality.littlesLaw?.inFlight ?? null,
      eventLoopUtilization: record.driver?.['eventLoopUtilization'] ?? null,
      gcMaxMs: record.driver?.['gcMaxMs'] ?? null,
      silenceMs: quality.silence === null ? null : quality.silence.durationNs / 1e6,
      remarks: [
        ...record.invalid.map((reason) => `invalid: ${reason}`),
        ...disturbances.map(({ text }) => text),
        ...record.annotations.filter(isLong).map(({ text }) => text),
      ],
    },
  ];
}

function memoryOf({ autocorrelation }: TrialQuality) {
  if (autocorrelation === null)
    return { lag1: null, buckets: 0, effectiveBuckets: null, latencyMeanMs: null };
  return autocorrelation;
}

/** A pause of the generator that is worth a line: it may be the longest latency of the trial. */
function isLong({ durationNs = 0 }: TrialRecord['annotations'][number]): boolean {
  return durationNs >= 50e6;
}

/** Judged, and not flat. A trial too short to be judged is not called unsteady. */
export function isUnsteady({ steadyState }: TrialQuality): boolean {
  return steadyState !== null && steadyState.kind !== 'flat';
}

function steadyWords({ steadyState, steadyRemark, series }: TrialQuality): string {
  if (steadyState === null) return `(${steadyRemark})`;
  const { kind, steadyFromNs } = steadyState;
  const measureStartNs = series.startNs + series.measureFrom * series.widthNs;
  const since = duration((steadyFromNs - measureStartNs) / 1e6);
  if (kind === 'flat') return 'flat';
  if (kind === 'none') return 'none: still changing in the last quarter';
  return kind === 'warm-up' ? `warm-up until ${since}` : `slowdown at ${since}`;
}
