/** Plans and records with given throughputs, for tests of verdicts: one number a trial, in the order of the blocks. */
import { cellKey, type Cell, type PlannedTrial } from '../../harness/foundation/cell.ts';
import type { Hypothesis } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { sampleCell, sampleMetrics, trialRecord } from '../../results/store/records.fixture.ts';

export const quiet: Cell = { ...sampleCell, faults: [] };

export interface Measured {
  readonly cell: Cell;
  readonly throughputs: readonly number[];
}

export const onRam: Cell = { ...quiet, sharedMemory: 'etcd', store: 'ram' };
export const onDisk: Cell = { ...onRam, store: 'disk' };

export function hypothesis(changes: Partial<Hypothesis> = {}): Hypothesis {
  return {
    ...{ id: 'h', statement: 'RAM is faster', metric: 'throughput', claim: 'at-least', margin: 1.5 },
    ...{ treatment: { store: ['ram'] }, baseline: { store: ['disk'] } },
    ...{ alpha: 0.05, family: 'main', role: 'confirmatory' },
    ...changes,
  };
}

export function stored(measured: readonly Measured[]) {
  const plan = measured.flatMap(({ cell, throughputs }, place) =>
    throughputs.map((_, block): PlannedTrial => {
      const position = block * measured.length + place;
      return { id: `t${position + 1}`, cell, cellKey: cellKey(cell), block, position, seed: position };
    }),
  );
  const values = measured.flatMap(({ throughputs }) => throughputs);
  const records = plan.map((trial, index): TrialRecord =>
    trialRecord(trial, {
      metrics: { ...sampleMetrics, throughputPerS: values[index] ?? 0 },
      verification: { correct: true, statement: 'looked', problems: [], facts: {} },
    }),
  );
  return { plan, records };
}
