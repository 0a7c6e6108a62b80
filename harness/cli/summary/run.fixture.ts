/** A run of any shape for tests: cells, trials and the figures over them, with what went wrong as asked. */
import { cellKey, type Cell, type PlannedTrial } from '../../foundation/cell.ts';
import type { StoppingDecision } from '../../foundation/stopping.ts';
import type { Manifest, NoiseRecord, TrialCause, TrialRecord } from '../../../results/store/records.ts';
import {
  sampleCell,
  sampleManifest,
  sampleMetrics,
  trialRecord,
} from '../../../results/store/records.fixture.ts';
import type { RunResults } from './build-report.ts';

export const quietCell: Cell = { ...sampleCell, faults: [] };

export function cellsOver(
  replicas: readonly number[],
  clients: readonly number[],
  base: Cell = quietCell,
): Cell[] {
  return replicas.flatMap((r) => clients.map((c) => ({ ...base, replicas: r, clients: c })));
}

export function planOf(cells: readonly Cell[], trials: number): PlannedTrial[] {
  return Array.from({ length: trials }, (_, block) => cells.map((cell) => ({ cell, block })))
    .flat()
    .map(({ cell, block }, position) => ({
      id: `t${String(position + 1).padStart(4, '0')}`,
      cell,
      cellKey: cellKey(cell),
      block,
      position,
      seed: position + 1,
    }));
}

export interface RunShape {
  readonly cells?: readonly Cell[];
  readonly trials?: number;
  readonly experiment?: Readonly<Record<string, unknown>>;
  /** Changes to the record of a trial, by its id; `null` leaves it out, as if it had never been run. */
  readonly records?: Readonly<Record<string, Partial<TrialRecord> | null>>;
  readonly further?: readonly TrialRecord[];
  readonly manifest?: Partial<Manifest>;
  readonly noise?: readonly NoiseRecord[];
  readonly stopping?: readonly StoppingDecision[];
  readonly isInterrupted?: boolean;
}

export function runOf(shape: RunShape = {}): RunResults {
  const plan = planOf(shape.cells ?? [quietCell], shape.trials ?? 3);
  const experiment = { name: 'smoke', thresholds: [], ...shape.experiment };
  const manifest: Manifest = { ...sampleManifest(0), argv: ['bench'], experiment, plan, ...shape.manifest };
  const records = [...plan.flatMap((trial) => recordOf(trial, shape)), ...(shape.further ?? [])];
  return {
    manifest,
    records,
    noise: shape.noise ?? [],
    stopping: shape.stopping ?? [],
    runDir: `results/data/${manifest.runId}`,
    isInterrupted: shape.isInterrupted ?? false,
  };
}

function recordOf(trial: PlannedTrial, shape: RunShape): TrialRecord[] {
  const changes = shape.records?.[trial.id];
  if (changes === null) return [];
  const { clients, replicas } = trial.cell;
  const throughputPerS = (1000 * clients) / (1 + 0.05 * clients) / replicas ** 0.3 + 17 * trial.block;
  const latencyMs = { ...sampleMetrics.latencyMs, mean: (1000 * clients) / throughputPerS };
  const acknowledged = clients * trial.cell.requests;
  const statement = `${acknowledged} acknowledged = ${acknowledged} on every replica`;
  return [
    trialRecord(trial, {
      metrics: { ...sampleMetrics, acknowledged, throughputPerS, latencyMs },
      verification: { correct: true, statement, problems: [], facts: {} },
      annotations: [],
      ...changes,
    }),
  ];
}

export const killed: TrialCause = {
  code: 'STRATA-E412',
  message: 'container replica-2 ended with exit code 137 while it was being prepared',
  because: ['out of memory'],
  fix: 'give the node more memory: --limits memory=512MiB',
  phase: 'prepare',
  log: 'results/data/20240229-235959-0abc/logs/t0002/replica-2.log',
};
