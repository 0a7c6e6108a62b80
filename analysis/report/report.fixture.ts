/** A report model for tests: two environments, and names that try to break out of the page. */
import { cellFactors, cellLabel } from './cell-label.ts';
import type { Cell } from '../../harness/foundation/cell.ts';
import type { CellRow, ReportModel } from './report-model.ts';
import { sampleCell } from '../../results/store/records.fixture.ts';

export const hostile = `</script><img src=x onerror="alert(1)">'&\u2028<!--`;

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
    runId: '20240229-235959-0abc',
    runDir: `results/data/${hostile}`,
    title: hostile,
    startedAtIso: '2024-02-29T23:59:59.000Z',
    status: 'complete',
    verdict: { tone: 'good', headline: `Every answer correct ${hostile}`, sentences: [hostile] },
    measured: [hostile],
    thresholds: [
      {
        ...{ text: `p99<20ms ${hostile}`, unit: 'ms', cellKey: 'k', cellLabel: hostile, outcome: 'unknown' },
        ...{ estimate: null, remark: hostile },
      },
    ],
    cells,
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
    warnings: [{ code: hostile, message: hostile, advice: hostile }],
    provenance: [[hostile, hostile]],
    methods: [hostile],
    ...changes,
  };
}
