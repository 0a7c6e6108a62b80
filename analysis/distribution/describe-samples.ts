/**
 * The step between store and page: what stored samples look like, computed once by DuckDB with bounded memory. A file
 * that cannot be read makes its trial unknown, by name, and nothing else.
 */
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { asError } from '../../harness/foundation/errors.ts';
import { openDatabase } from '../../results/store/duckdb.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { meanWithInterval } from '../cell-summary.ts';
import { cellLabel } from '../report/cell-label.ts';
import { chosenTrials } from './chosen-trials.ts';
import {
  noDistributions,
  type CellDistribution,
  type Distributions,
  type TrialInside,
  type UnknownSamples,
} from './distribution.ts';
import { nodeUsage } from './node-usage.ts';
import { fewestFor, probabilities } from './quantile-grid.ts';
import { batches, figuresOf, type SampleFile, type TrialFigures } from './trial-figures.ts';
import { lookInside } from './trial-inside.ts';

/** @param trials valid ones, one attempt each, in the order of the cells */
export async function describeSamples(
  runDir: string,
  trials: readonly TrialRecord[],
): Promise<Distributions> {
  const files = trials.flatMap((trial) => fileOf(runDir, trial));
  const lost = trials
    .filter(({ samplesFile }) => samplesFile === null)
    .map(({ trialId }) => ({ trialId, reason: 'no samples were kept' }));
  if (files.length === 0) return { ...noDistributions, unknown: lost };
  await using database = await openDatabase(join(runDir, 'report'));
  const connection = await database.connect();
  try {
    const { figures, unknown } = await allFigures(connection, files);
    const known = new Set(figures.map(({ trialId }) => trialId));
    const insides: TrialInside[] = [];
    for (const trial of chosenTrials(trials.filter(({ trialId }) => known.has(trialId))))
      insides.push(...(await insideOf(connection, runDir, trial)));
    return { cells: cellDistributions(trials, figures), insides, unknown: [...lost, ...unknown] };
  } finally {
    connection.closeSync();
  }
}

function fileOf(runDir: string, { trialId, samplesFile, sampleCount }: TrialRecord): SampleFile[] {
  return samplesFile === null ? [] : [{ trialId, path: join(runDir, samplesFile), sampleCount }];
}

/** One damaged file spoils the query over its batch: then its files are read one by one. */
async function allFigures(connection: DuckDBConnection, files: readonly SampleFile[]) {
  const figures: TrialFigures[] = [];
  const unknown: UnknownSamples[] = [];
  for (const batch of batches(files)) {
    const together = await figuresOf(connection, batch).catch(() => null);
    if (together !== null) {
      figures.push(...together);
      continue;
    }
    for (const file of batch) {
      try {
        figures.push(...(await figuresOf(connection, [file])));
      } catch (error) {
        unknown.push({ trialId: file.trialId, reason: firstLine(asError(error).message) });
      }
    }
  }
  return { figures, unknown };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message;
}

async function insideOf(
  connection: DuckDBConnection,
  runDir: string,
  trial: TrialRecord,
): Promise<TrialInside[]> {
  const { trialId, cellKey, cell, annotations, samplesFile } = trial;
  if (samplesFile === null) return [];
  const sampled = await lookInside(connection, join(runDir, samplesFile));
  if (sampled === null) return [];
  const marks = annotations.map(({ atNs, kind, text }) => ({ atS: atNs / 1e9, kind, text }));
  return [
    { trialId, cellKey, cellLabel: cellLabel(cell), ...sampled, marks, nodes: nodeUsage(trial.nodeStats) },
  ];
}

function cellDistributions(
  trials: readonly TrialRecord[],
  figures: readonly TrialFigures[],
): readonly CellDistribution[] {
  const cellOf = new Map(trials.map(({ trialId, cellKey }) => [trialId, cellKey]));
  const byCell = new Map<string, TrialFigures[]>();
  for (const one of figures) {
    const cellKey = cellOf.get(one.trialId) ?? '';
    byCell.set(cellKey, [...(byCell.get(cellKey) ?? []), one]);
  }
  return [...new Set(trials.map(({ cellKey }) => cellKey))].flatMap((cellKey) => {
    const members = byCell.get(cellKey) ?? [];
    return members.length === 0 ? [] : [cellDistribution(cellKey, members)];
  });
}

function cellDistribution(cellKey: string, members: readonly TrialFigures[]): CellDistribution {
  const over = (value: (figures: TrialFigures) => number) => meanWithInterval(members.map(value));
  const quantile = (probability: number) =>
    over(
      ({ quantilesMs }) =>
        quantilesMs[probabilities.indexOf(probability as (typeof probabilities)[number])] ?? NaN,
    );
  const fewest = Math.min(...members.map(({ count }) => count));
  return {
    cellKey,
    trials: members.length,
    box: {
      min: over(({ minMs }) => minMs).mean,
      q1: quantile(0.25).mean,
      median: quantile(0.5).mean,
      q3: quantile(0.75).mean,
      max: over(({ maxMs }) => maxMs).mean,
      mean: over(({ meanMs }) => meanMs).mean,
    },
    quantiles: probabilities
      .filter((probability) => fewest >= fewestFor(probability))
      .map((probability) => ({ probability, ms: quantile(probability) })),
  };
}
