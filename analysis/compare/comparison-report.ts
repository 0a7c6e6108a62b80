/** A comparison as text, JSON and page show it: the figures with the sentence that may be said of each. Pure. */
import { cellLabel } from '../report/cell-label.ts';
import { counted, distance } from '../report/numbers.ts';
import type { Verdict } from '../report/report-model.ts';
import type { CellComparison, ComparisonVerdict, RunComparison } from './compare-runs.ts';

export interface ComparedRun {
  readonly runId: string;
  readonly runDir: string;
  readonly title: string;
  readonly startedAtIso: string;
}

export interface ComparisonReport {
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  readonly verdict: Verdict;
  readonly rows: readonly ComparisonRow[];
  /** Labels of the cells that the other run does not have. */
  readonly onlyA: readonly string[];
  readonly onlyB: readonly string[];
  /** What makes the runs unlike and was allowed by name. */
  readonly allowed: readonly string[];
  readonly remarks: readonly string[];
  /** What is known of the noise of the machine. */
  readonly noise: readonly string[];
}

export interface ComparisonRow extends CellComparison {
  readonly cellLabel: string;
  /** `slower: 12.3 % (4.1–21.0 %) less throughput`. */
  readonly words: string;
}

export type ReportParts = Omit<ComparisonReport, 'verdict' | 'rows' | 'onlyA' | 'onlyB'>;

export function comparisonReport(compared: RunComparison, parts: ReportParts): ComparisonReport {
  return {
    ...parts,
    verdict: overallVerdict(compared),
    rows: compared.comparisons.map((each) => {
      return { ...each, cellLabel: cellLabel(each.cell), words: wordsOf(each) };
    }),
    onlyA: compared.onlyA.map(cellLabel),
    onlyB: compared.onlyB.map(cellLabel),
  };
}

function overallVerdict({ comparisons, onlyA, onlyB }: RunComparison): Verdict {
  const count = (verdict: ComparisonVerdict) => comparisons.filter((each) => each.verdict === verdict).length;
  const regressions = comparisons.filter(({ isRegression }) => isRegression).length;
  const sentences = [
    `${counted(comparisons.length, 'comparison')}: ${count('faster')} faster, ${count('slower')} slower, ${count('same')} the same within 5 %, ${count('inconclusive')} inconclusive${count('unknown') > 0 ? `, ${count('unknown')} without a test` : ''}.`,
    ...(onlyA.length + onlyB.length === 0
      ? []
      : [`${counted(onlyA.length, 'cell')} only in A, ${counted(onlyB.length, 'cell')} only in B.`]),
  ];
  const verdict = (tone: Verdict['tone'], headline: string): Verdict => ({ tone, headline, sentences });
  if (regressions > 0) return verdict('bad', `B is a regression in ${counted(regressions, 'figure')}`);
  if (count('slower') > 0)
    return verdict(
      'unknown',
      `B is slower in ${counted(count('slower'), 'figure')}, not proven beyond what is allowed`,
    );
  if (count('faster') > 0)
    return verdict('good', `B is faster in ${counted(count('faster'), 'figure')} and slower in none`);
  if (comparisons.length > 0 && count('same') === comparisons.length)
    return verdict('good', 'A and B are the same within 5 %');
  return verdict('unknown', 'No difference shown, and not everywhere sameness either');
}

function wordsOf(each: CellComparison): string {
  const { verdict, remark, ratio, ciLow, ciHigh } = each;
  if (verdict === 'unknown' || ratio === null || ciLow === null || ciHigh === null)
    return `no test: ${remark}${ratio === null ? '' : `; B / A is ${ratio.toFixed(3)}`}`;
  const interval = `B / A between ${ciLow.toFixed(3)} and ${ciHigh.toFixed(3)}`;
  if (verdict === 'same') return `the same within 5 %: ${interval}`;
  if (verdict === 'inconclusive')
    return `inconclusive: ${interval}; neither a difference nor sameness within 5 % is shown`;
  const regression = each.isRegression
    ? `; a regression: beyond the allowed ${distance(1 + each.allowedLoss)}`
    : '';
  return `${verdict} by ${distance(ratio)}: ${interval}${regression}`;
}
