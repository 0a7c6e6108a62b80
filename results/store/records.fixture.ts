/** A small, whole run for tests: a plan of any length, and records that fit it. */
import { cellKey, type Cell, type PlannedTrial } from '../../harness/foundation/cell.ts';
import { schemaVersion, type Manifest, type TrialMetrics, type TrialRecord } from './records.ts';

export const sampleCell: Cell = {
  env: 'process',
  workload: 'onset',
  replicas: 3,
  clients: 4,
  store: 'ram',
  sharedMemory: 'embedded',
  load: { kind: 'closed' },
  balance: 'round-robin',
  mix: { inc: 1 },
  requests: 50,
  warmupRequests: 10,
  requestTimeoutMs: 1000,
  faults: [{ kind: 'kill-replica', atMs: 100 }],
};

export function plannedTrial(index: number, cell: Cell = sampleCell): PlannedTrial {
  const id = `t${String(index + 1).padStart(4, '0')}`;
  return { id, cell, cellKey: cellKey(cell), block: index, position: index, seed: index + 1 };
}

export function sampleManifest(trials: number, runId = '20240229-235959-0abc'): Manifest {
  return {
    schemaVersion,
    runId,
    strataVersion: '0.1.0',
    commit: null,
    startedAtIso: '2024-02-29T23:59:59.000Z',
    resumedAtIso: [],
    argv: ['bench', '--out', 'größe, "zitiert"'],
    experiment: { title: 'größe, "zitiert"', nested: { list: [1, null] } },
    seed: 1,
    plan: Array.from({ length: trials }, (_, index) => plannedTrial(index)),
    planHash: 'none',
    hypotheses: [],
    hypothesesHash: null,
    host: {
      ...{ hostname: 'host', kernel: '6.1', cpuModel: 'cpu', cpuCount: 2, memoryBytes: 1 },
      ...{ nodeVersion: 'v20', bootId: null, clockSource: null, cgroupVersion: null },
    },
    environments: { process: { isolation: 'none' } },
  };
}

export const sampleMetrics: TrialMetrics = {
  ...{ acknowledged: 200, unanswered: 0, resent: 0, durationS: 2, throughputPerS: 100, offeredPerS: null },
  latencyMs: { mean: 1, min: 0.5, p50: 1, p90: 2, p95: 2.5, p99: 3, p999: null, max: 4 },
  serviceTimeMs: null,
};

export function trialRecord(trial: PlannedTrial, changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    ...{ trialId: trial.id, attempt: 1, block: trial.block, position: trial.position },
    ...{ cellKey: trial.cellKey, cell: trial.cell, status: 'completed' },
    startedAtIso: '2024-02-29T23:59:59.000Z',
    phasesMs: { provision: 1, drive: 2000.5 },
    cause: null,
    metrics: sampleMetrics,
    verification: {
      correct: true,
      statement: '200 = 200 – überall',
      problems: [],
      facts: { hash: 'x', n: null },
    },
    invalid: [],
    driver: { eventLoopUtilization: 0.3 },
    annotations: [{ atNs: 1, kind: 'election', text: 'replica 2, "new"' }],
    quality: null,
    nodeStats: [],
    boots: [],
    samplesFile: `samples/${trial.id}.parquet`,
    sampleCount: 240,
    ...changes,
  };
}
