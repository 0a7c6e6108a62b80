/**
 * A paper beside a run: tables of the paper's figures with ours, in what the conditions differ, and the paper's
 * verdicts with ours. Plain values, drawn by text, page and CSV alike.
 */
import type { PlannedTrial } from '../../harness/foundation/cell.ts';
import type { Estimate } from '../../results/export/summary.ts';
import type { PaperRow } from '../../results/export/paper-csv.ts';
import type { Chart } from '../report/chart.ts';
import type { Manifest, TrialRecord } from '../../results/store/records.ts';
import type { HypothesisResult } from '../verdict/hypothesis-result.ts';
import type { OnsetDetails } from './onset-details.ts';
import type { PaperVerdict } from './paper.ts';

/** What the comparison is made from. */
export interface RunToCompare {
  readonly manifest: Manifest;
  readonly plan: readonly PlannedTrial[];
  /** Completed and valid, one record a trial. */
  readonly trials: readonly TrialRecord[];
  /** From the samples. */
  readonly details: OnsetDetails;
  /** Judged in this run; empty where none was declared. */
  readonly hypotheses: readonly HypothesisResult[];
}

export interface PaperComparison {
  readonly paper: string;
  readonly title: string;
  readonly authors: string;
  /** Why this paper stands here. */
  readonly because: string;
  readonly conditions: readonly Condition[];
  readonly verdicts: readonly VerdictRow[];
  readonly tables: readonly PaperTable[];
  readonly charts: readonly Chart[];
}

/** In what the paper's experiment and this run differ, or agree. */
export interface Condition {
  readonly aspect: string;
  readonly paper: string;
  readonly here: string;
  readonly source: string;
}

export interface VerdictRow {
  readonly id: string;
  readonly claim: string;
  readonly paper: PaperVerdict['verdict'];
  readonly basis: string;
  readonly source: string;
  /** What this run made of it, a line each; empty where it judged nothing of it. */
  readonly ours: readonly string[];
}

export interface PaperTable {
  /** `table-1`; unique within the comparison together with the setting. */
  readonly item: string;
  readonly title: string;
  readonly source: string;
  /** What the paper says in words; empty where its numbers say it. */
  readonly findings: readonly string[];
  /** How our figures were computed. */
  readonly method: string;
  /** `grid`: a row of the page is one number of replicas (or rate), a column one number of clients (or instances). */
  readonly layout: 'list' | 'grid';
  readonly rows: readonly PaperRow[];
}

export function verdictRows(
  verdicts: readonly PaperVerdict[],
  results: readonly HypothesisResult[],
): readonly VerdictRow[] {
  return verdicts.map(({ id, claim, verdict, basis, source }) => {
    const own = results.filter(({ hypothesis }) => `${hypothesis.id}-`.startsWith(`${id}-`));
    return { id, claim, paper: verdict, basis, source, ours: verdictWords(own) };
  });
}

/** The confirmatory ones in words, one by one; of the others only how many came to what. */
function verdictWords(results: readonly HypothesisResult[]): readonly string[] {
  const words = results
    .filter(({ hypothesis }) => hypothesis.role === 'confirmatory')
    .map(({ hypothesis, verdict, because }) => `${verdict}: ${hypothesis.statement} (${because})`);
  const others = results.filter(({ hypothesis }) => hypothesis.role === 'exploratory');
  if (others.length === 0) return words;
  const verdicts = [...new Set(others.map(({ verdict }) => verdict))];
  const counts = verdicts.map(
    (verdict) => `${others.filter((other) => other.verdict === verdict).length} ${verdict}`,
  );
  return [...words, `exploratory, cell by cell: ${counts.join(', ')}`];
}

/** What may be said of our figure beside the paper's. */
export function relation(
  reported: number | null,
  measured: Estimate,
): { readonly ratio: number | null; readonly remark: string } {
  if (reported === null) return { ratio: null, remark: 'the paper gives no number' };
  const { mean, ciLow, ciHigh } = measured;
  return { ratio: reported === 0 ? null : mean / reported, remark: place(reported, ciLow, ciHigh) };
}

function place(reported: number, ciLow: number | null, ciHigh: number | null): string {
  if (ciLow === null || ciHigh === null) return 'no interval: it takes three';
  if (reported < ciLow) return 'the paper’s value lies below our interval';
  return reported > ciHigh
    ? 'the paper’s value lies above our interval'
    : 'the paper’s value lies within our interval';
}

export const notMeasured = 'not measured in this run';
