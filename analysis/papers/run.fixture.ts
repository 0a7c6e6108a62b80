/** A run made up for tests: every cell in every block, with figures that a formula gives. */
import { cellKey, type Cell, type PlannedTrial } from '../../harness/foundation/cell.ts';
import {
  sampleCell,
  sampleManifest,
  sampleMetrics,
  trialRecord,
} from '../../results/store/records.fixture.ts';
import type { TrialMetrics, TrialRecord } from '../../results/store/records.ts';
import type { RunToCompare } from './comparison.ts';
import { noDetails } from './onset-details.ts';

/** As the preset of paper onset has it. */
export const onsetCell: Cell = {
  ...sampleCell,
  ...{ env: 'docker', sharedMemory: 'etcd', balance: 'random', warmupRequests: 0, faults: [] },
};

export interface MadeUp {
  readonly cells: readonly Cell[];
  readonly blocks: number;
  readonly experiment?: Readonly<Record<string, unknown>>;
  /** Figures of a trial, over those of the fixture; null: it did not come to a valid end. */
  readonly metrics: (cell: Cell, block: number) => Partial<TrialMetrics> | null;
  readonly record?: (cell: Cell, block: number) => Partial<TrialRecord>;
}

export function madeUpRun({ cells, blocks, experiment = {}, metrics, record }: MadeUp): RunToCompare {
  const plan = Array.from({ length: blocks }, (_, block) => cells.map((cell) => ({ cell, block })))
    .flat()
    .map(({ cell, block }, position): PlannedTrial => ({
      ...{ id: `t${String(position + 1).padStart(4, '0')}`, cell, cellKey: cellKey(cell) },
      ...{ block, position, seed: position },
    }));
  const trials = plan.flatMap((trial) => {
    const figures = metrics(trial.cell, trial.block);
    if (figures === null) return [];
    const changes = record?.(trial.cell, trial.block) ?? {};
    return [trialRecord(trial, { metrics: { ...sampleMetrics, ...figures }, ...changes })];
  });
  return {
    manifest: { ...sampleManifest(0), experiment, plan },
    plan,
    trials,
    hypotheses: [],
    details: noDetails,
  };
}

export function cellsOver(
  base: Cell,
  replicas: readonly number[],
  clients: readonly number[],
  stores: readonly Cell['store'][] = ['ram'],
): readonly Cell[] {
  return stores.flatMap((store) =>
    replicas.flatMap((count) => clients.map((c) => ({ ...base, replicas: count, clients: c, store }))),
  );
}
