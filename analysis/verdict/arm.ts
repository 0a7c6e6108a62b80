/** What a cell brings to a comparison: one figure a trial, or the reason why nothing of it may be used. */
import { cellKey, type Cell } from '../../harness/foundation/cell.ts';
import type { MetricName } from '../../harness/foundation/hypothesis.ts';
import type { TrialRecord } from '../../results/store/records.ts';
import { summariesOf, type TrialSummary } from '../trial-summary.ts';
import { finalAttempts, wrongAnswers } from '../attempts.ts';

export interface Arm {
  readonly key: string;
  readonly trials: readonly TrialSummary[];
  /** A clause: `a wrong answer in 2 trials`; null when nothing speaks against the cell. */
  readonly obstacle: string | null;
}

export type ArmOf = (cell: Cell) => Arm;

/** @param records all attempts, as stored: a wrong answer is not made right by another attempt */
export function armReader(records: readonly TrialRecord[], metric: MetricName): ArmOf {
  const byCell = new Map<string, TrialRecord[]>();
  for (const record of records) {
    const ofCell = byCell.get(record.cellKey);
    if (ofCell === undefined) byCell.set(record.cellKey, [record]);
    else ofCell.push(record);
  }
  return (cell) => {
    const key = cellKey(cell);
    return { key, ...readArm(byCell.get(key) ?? [], metric) };
  };
}

function readArm(attempts: readonly TrialRecord[], metric: MetricName): Omit<Arm, 'key'> {
  const wrong = wrongAnswers(attempts);
  if (wrong > 0) return { trials: [], obstacle: `wrong answers in ${trialCount(wrong)}` };
  const completed = finalAttempts(attempts).filter(({ status }) => status === 'completed');
  const unchecked = completed.filter(({ verification }) => verification?.correct !== true).length;
  if (unchecked > 0)
    return { trials: [], obstacle: `answers of ${trialCount(unchecked)} could not be checked` };
  const valid = completed.filter(({ invalid }) => invalid.length === 0);
  if (valid.length === 0) return { trials: [], obstacle: 'no valid trial' };
  const trials = summariesOf(valid, metric);
  const short = valid.length - trials.length;
  if (short > 0) return { trials: [], obstacle: `too few requests for ${metric} in ${trialCount(short)}` };
  return { trials, obstacle: null };
}

export function trialCount(count: number): string {
  return count === 1 ? '1 trial' : `${count} trials`;
}
