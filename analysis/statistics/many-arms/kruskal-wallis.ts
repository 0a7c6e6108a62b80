/** Do several groups of trials differ at all, by ranks: no shape is assumed, and no single trial can decide. */
import kruskalTest from '@stdlib/stats-kruskal-test';
import type { TrialSummary } from '../../trial-summary.ts';
import { isDegenerate, type Degenerate } from '../outcome.ts';
import { groupsOf } from './groups.ts';

export interface KruskalWallis {
  /** Corrected for ties; χ² with `df` degrees of freedom when all groups are alike. */
  readonly h: number;
  readonly df: number;
  readonly p: number;
  /** Trials of each group. */
  readonly n: readonly number[];
}

/**
 * H = [ 12 / (N (N + 1)) · Σ Rⱼ² / nⱼ − 3 (N + 1) ] / [ 1 − Σ (t³ − t) / (N³ − N) ], Rⱼ the sum of the mid-ranks of group j, t the
 * sizes of the ties (Kruskal and Wallis, JASA 1952). p by the χ² approximation, which wants five trials a group.
 *
 * @param groups at least two, none empty; values in any unit
 */
export function kruskalWallis(groups: readonly (readonly TrialSummary[])[]): KruskalWallis | Degenerate {
  const values = groupsOf(groups);
  if (isDegenerate(values)) return values;
  const [first = [], second = [], ...others] = values;
  const { statistic, pValue, df } = kruskalTest(
    [...first],
    [...second],
    ...others.map((group) => [...group]),
  );
  return { h: statistic, df, p: pValue, n: values.map(({ length }) => length) };
}
