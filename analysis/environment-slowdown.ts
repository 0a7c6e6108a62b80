/**
 * What an environment costs against the zero line: the same cell, in `process` where that was measured, else in the
 * first environment there is. Ratio of geometric means over trials with its 95 % interval (Welch on logarithms).
 */
import { cellKey, environmentNames, type Cell } from '../harness/foundation/cell.ts';
import type { Estimate } from '../results/export/summary.ts';
import type { TrialRecord } from '../results/store/records.ts';
import { isDegenerate } from './statistics/outcome.ts';
import { compareMeans } from './statistics/two-arms/welch-log.ts';
import { summariesOf } from './trial-summary.ts';

export interface Slowdown {
  readonly cellKey: string;
  readonly baselineKey: string;
  readonly baselineEnv: string;
  /** Mean latency or cycle time, this / baseline: 1.2 is 20 % slower. */
  readonly ratio: Estimate;
}

/** @param trials valid ones, one attempt each */
export function slowdowns(trials: readonly TrialRecord[]): readonly Slowdown[] {
  const byCell = new Map<string, TrialRecord[]>();
  for (const trial of trials) byCell.set(trial.cellKey, [...(byCell.get(trial.cellKey) ?? []), trial]);
  const peers = new Map<string, TrialRecord[][]>();
  for (const members of byCell.values()) {
    const key = placeless(members[0]?.cell);
    peers.set(key, [...(peers.get(key) ?? []), members]);
  }
  return [...peers.values()].flatMap((alike) => {
    const [baseline, ...others] = [...alike].sort((a, b) => rank(a) - rank(b));
    return others.flatMap((treatment) => slowdown(treatment, baseline ?? []));
  });
}

/** Equal for cells that differ in nothing but where they ran. */
function placeless(cell: Cell | undefined): string {
  if (cell === undefined) return '';
  const { boot: _boot, ...rest } = cell;
  return cellKey({ ...rest, env: 'process' });
}

function rank([first]: readonly TrialRecord[]): number {
  return first === undefined ? Infinity : environmentNames.indexOf(first.cell.env);
}

function slowdown(treatment: readonly TrialRecord[], baseline: readonly TrialRecord[]): Slowdown[] {
  const [own, other] = [treatment[0], baseline[0]];
  if (own === undefined || other === undefined || own.cell.env === other.cell.env) return [];
  const result = compareMeans(summariesOf(treatment, 'mean'), summariesOf(baseline, 'mean'));
  // Too few trials for a ratio with an interval: the tables have the figures as they are.
  if (isDegenerate(result)) return [];
  const { ratio, ciLow, ciHigh } = result;
  const keys = { cellKey: own.cellKey, baselineKey: other.cellKey, baselineEnv: other.cell.env };
  return [{ ...keys, ratio: { mean: ratio, ciLow, ciHigh } }];
}
