/**
 * Two copies of the same cell, which differ in nothing but the label `a` or `b`: whatever difference is found between
 * them is the harness's own. Pure: takes the stored attempts apart into pairs that met the same state of the machine.
 */
import { cellKey, type Cell } from '../../harness/foundation/cell.ts';
import type { MetricName } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { summariesOf, type TrialSummary } from '../trial-summary.ts';
import { usableTrials } from '../attempts.ts';

/** The trials of both copies in one block. */
export interface Pair {
  readonly a: TrialSummary;
  readonly b: TrialSummary;
}

export interface Copies {
  /** Without the label. */
  readonly cell: Cell;
  readonly cellKey: string;
  /** In the order of the blocks; a block in which a copy has no usable trial is left out. */
  pairs(metric: MetricName): readonly Pair[];
}

/** One entry a labelled cell, in the order in which they first occur; empty for a run without labels. */
export function copiesIn(records: readonly TrialRecord[]): readonly Copies[] {
  const usable = usableTrials(records).filter(({ cell }) => cell.label !== undefined);
  const cells = new Map(usable.map(({ cell }) => [cellKey(unlabelled(cell)), unlabelled(cell)]));
  return [...cells].map(([key, cell]) => {
    const copy = (label: 'a' | 'b') =>
      usable.filter((record) => record.cellKey === cellKey({ ...cell, label }));
    const [a, b] = [copy('a'), copy('b')];
    return { cell, cellKey: key, pairs: (metric) => pairsOf(summariesOf(a, metric), summariesOf(b, metric)) };
  });
}

export function unlabelled({ label: _label, ...cell }: Cell): Cell {
  return cell;
}

function pairsOf(a: readonly TrialSummary[], b: readonly TrialSummary[]): readonly Pair[] {
  const ofB = new Map(b.map((trial) => [trial.block, trial]));
  return [...a]
    .sort((one, other) => one.block - other.block)
    .flatMap((trial) => {
      const partner = ofB.get(trial.block);
      return partner === undefined ? [] : [{ a: trial, b: partner }];
    });
}
