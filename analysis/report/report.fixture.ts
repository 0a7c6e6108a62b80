/** A report model for tests: two environments, and names that try to break out of the page. */
import type { Distributions, TimePoint } from '../distribution/distribution.ts';
import { cellFactors, cellLabel } from './cell-label.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import type { Comparison, HypothesisResult } from '../verdict/hypothesis-result.ts';
import type { CellRow, ReportModel } from './report-model.ts';
import { sampleCell } from '../../results/store/records.fixture.ts';

export const hostile = `</script><img src=x onerror="alert(1)">'&\u2028<!--`;

const sampleQuality: ReportModel['quality'] = {
  rules: [hostile],
  trials: [
    {
      ...{ trialId: 't0001', cellLabel: hostile, steadyState: hostile, isSteady: false, lag1: -0.2 },
      ...{ buckets: 40, effectiveBuckets: 12.5, latencyMeanMs: { mean: 2, low: 1.5, high: 2.5 } },
      ...{ clients: 4, inFlight: 3.9, eventLoopUtilization: 0.2, gcMaxMs: null, silenceMs: 12 },
      remarks: [hostile],
    },
  ],
};

function cellRow(cell: Cell, throughputPerS: number): CellRow {
  const estimate = (mean: number) => ({ mean, ciLow: mean * 0.9, ciHigh: mean * 1.1 });
  const latency = estimate((1000 * cell.clients) / throughputPerS);
  return {
    key: JSON.stringify([cell.env, cell.replicas, cell.clients]),
    label: cellLabel(cell),
    factors: cellFactors(cell),
    replicas: cell.replicas,
    clients: cell.clients,
    trials: { planned: 3, completed: 3, failed: 0, aborted: 0, invalid: 0 },
    correct: true,
    statements: [`200 acknowledged ${hostile}`],
    metrics: {
      throughputPerS: estimate(throughputPerS),
      latencyMs: { mean: latency, p50: latency, p95: latency, p99: null, max: latency },
    },
  };
}

function slowdownsOf(cells: readonly CellRow[]): ReportModel['slowdowns'] {
  const pairs = cells.slice(4).map((cell, index) => [cell, cells[index]] as const);
  return pairs.map(([{ key }, baseline], index) => ({
    ...{ cellKey: key, baselineKey: baseline?.key ?? '', baselineEnv: 'process' },
    ratio: { mean: 1.1 + index / 10, ciLow: 1, ciHigh: 1.4 + index / 10 },
  }));
}

function distributionsOf(cells: readonly CellRow[]): Distributions {
  const times = (height: number): TimePoint[] =>
    [0, 1, 2, 3, 4].map((atS) => [atS, height * (1 + (atS % 3))]);
  return {
    cells: cells.map(({ key }, index) => ({
      ...{ cellKey: key, trials: 3 },
      box: { min: 1, q1: 2, median: 3 + index, q3: 14, max: 90, mean: 5 + index },
      quantiles: [0.1, 0.5, 0.99].map((probability) => ({
        probability,
        ms: {
          mean: (1 + index) / (1 - probability),
          ciLow: 0.5 / (1 - probability),
          ciHigh: 9 / (1 - probability),
        },
      })),
    })),
    insides: cells.slice(0, 2).map(({ key }, index) => ({
      ...{ trialId: `t000${index + 1}`, cellKey: key, cellLabel: hostile, requests: 9, unanswered: 1 },
      ...{
        measuredFromS: 1,
        warmUp: [[0.5, 3]],
        measured: times(2),
        isDecimated: index === 1,
        rate: times(40),
      },
      marks: [{ atS: 2, kind: hostile, text: hostile }],
      nodes: [{ node: hostile, cpus: times(0.2), memoryMb: times(60) }],
    })),
    unknown: [{ trialId: hostile, reason: hostile }],
  };
}

const comparison: Comparison = {
  ...{ label: hostile, treatmentKey: 'a', baselineKey: 'b', trials: { treatment: 3, baseline: 3 } },
  ...{
    estimate: 1.6,
    ciLow: 1.4,
    ciHigh: 1.8,
    p: 0.02,
    cliffsDelta: 1,
    verdict: 'supported',
    remark: hostile,
  },
};
const sampleHypothesis: HypothesisResult = {
  hypothesis: {
    ...{ id: 'faster', statement: hostile, metric: 'throughput', claim: 'at-least', margin: 1.5 },
    ...{ treatment: { env: ['docker'] }, baseline: { env: ['process'] } },
    ...{ alpha: 0.05, family: 'main', role: 'confirmatory' },
  },
  ...{
    verdict: 'supported',
    because: hostile,
    estimate: 1.6,
    ciLow: 1.4,
    ciHigh: 1.8,
    p: 0.02,
    pAdjusted: 0.04,
  },
  ...{ n: 6, minimumDetectableRatio: 1.7, trialsToDecide: null, comparisons: [comparison, comparison] },
};

export function sampleReport(changes: Partial<ReportModel> = {}): ReportModel {
  const cells = (['process', 'docker'] as const).flatMap((env) =>
    [1, 3].flatMap((replicas) =>
      [1, 16].map((clients) =>
        cellRow(
          { ...sampleCell, env, replicas, clients, faults: [] },
          (1000 * clients) / replicas / (1 + clients / 20),
        ),
      ),
    ),
  );
  return {
    ...{ runId: '20240229-235959-0abc', runDir: `results/data/${hostile}`, title: hostile },
    startedAtIso: '2024-02-29T23:59:59.000Z',
    status: 'complete',
    verdict: { tone: 'good', headline: `Every answer correct ${hostile}`, sentences: [hostile] },
    accelerator: {
      ...{ kind: 'tcg', cpuModel: hostile, reason: hostile, statement: hostile },
      ...{ environments: [hostile], isHardware: false },
    },
    measured: [hostile],
    thresholds: [
      {
        ...{ text: `p99<20ms ${hostile}`, unit: 'ms', cellKey: 'k', cellLabel: hostile, outcome: 'unknown' },
        ...{ estimate: null, remark: hostile },
      },
    ],
    hypotheses: [sampleHypothesis],
    cells,
    slowdowns: slowdownsOf(cells),
    distributions: distributionsOf(cells),
    trials: cells.map((cell, position) => ({
      ...{ trialId: `t000${position + 1}`, cellKey: cell.key, cellLabel: cell.label, position, attempt: 1 },
      ...{ status: 'completed', correct: true, invalid: [hostile], p50Ms: 1, p99Ms: null },
      throughputPerS: cell.metrics?.throughputPerS.mean ?? null,
    })),
    failures: [
      {
        ...{ trialId: 't0009', attempt: 1, cellLabel: hostile, status: 'failed', phase: 'prepare' },
        ...{
          code: 'STRATA-E412',
          message: hostile,
          because: [hostile],
          fix: hostile,
          log: hostile,
          isRecovered: false,
        },
      },
    ],
    papers: [],
    boots: [
      {
        ...{ env: 'vm', boot: 'cold', machines: 4, booted: 12, retried: 1 },
        events: [{ name: hostile, medianMs: 2600, maxMs: 3100 }],
      },
    ],
    inserters: [
      {
        ...{ trialId: 't0001', cellLabel: hostile, slowestWay: hostile, events: [hostile] },
        figures: { syncMs: 12, batchP50Ms: 1.5, comInsert: null },
      },
    ],
    quality: sampleQuality,
    warnings: [{ code: hostile, message: hostile, advice: hostile }],
    provenance: [[hostile, hostile]],
    methods: [hostile],
    ...changes,
  };
}
