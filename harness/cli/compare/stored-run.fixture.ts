/** Stored runs of a chosen speed for tests of comparisons: eight trials a cell that scatter by 2 %. */
import { sampleMetrics } from '../../../results/store/records.fixture.ts';
import type { Manifest, TrialRecord } from '../../../results/store/records.ts';
import type { StoredRun } from '../../../results/store/open-run.ts';
import type { Cell } from '../../foundation/cell.ts';
import { planOf, quietCell, runOf } from '../summary/run.fixture.ts';
import { compareStored, type CompareOptions } from './compare-stored.ts';

export interface StoredShape {
  readonly cells?: readonly Cell[];
  readonly trials?: number;
  /** Latencies times this, throughput divided by it. */
  readonly slowdown?: number;
  readonly manifest?: Partial<Manifest>;
}

const scatter = [0.98, 1.02, 0.99, 1.01, 1, 0.985, 1.015, 1.005];

export function storedRun(shape: StoredShape = {}): StoredRun {
  const { cells = [quietCell], trials = scatter.length, slowdown = 1 } = shape;
  const records: Record<string, Partial<TrialRecord>> = {};
  for (const { id, block } of planOf(cells, trials))
    records[id] = { metrics: metricsAt(slowdown * (scatter[block % scatter.length] ?? 1)) };
  const run = runOf({ cells, trials, records, manifest: shape.manifest ?? {} });
  return {
    ...{ path: run.runDir, manifest: run.manifest, trials: run.records },
    ...{ noise: [], stopping: [], warnings: [], trialsBytes: 0, noiseBytes: 0, stoppingBytes: 0 },
  };
}

function metricsAt(slowdown: number): TrialRecord['metrics'] {
  const { latencyMs: ms, throughputPerS } = sampleMetrics;
  const latencyMs = { ...ms, p50: slowdown, p95: 2.5 * slowdown, p99: 3 * slowdown };
  return { ...sampleMetrics, throughputPerS: throughputPerS / slowdown, latencyMs };
}

/** Nothing allowed, the usual threshold, a machine whose noise nobody knows. */
export const usualOptions: CompareOptions = { allowed: [], regressionThreshold: 0.05, noiseFloors: [] };

export function comparisonOf(a: StoredShape, b: StoredShape, options: Partial<CompareOptions> = {}) {
  return compareStored(storedRun(a), storedRun(b), { ...usualOptions, ...options });
}
