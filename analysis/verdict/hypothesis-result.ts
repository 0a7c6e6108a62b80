/** What became of one hypothesis: the row of every summary, report and JSON document. */
import type { Hypothesis } from '../../harness/foundation/hypothesis.ts';

/** `unknown`: it could not be judged at all (no valid trials, wrong answers). `inconclusive`: judged, undecided. */
export type HypothesisVerdict = 'supported' | 'refuted' | 'inconclusive' | 'unknown';

export interface HypothesisResult {
  readonly hypothesis: Hypothesis;
  readonly verdict: HypothesisVerdict;
  /** Why, in one sentence with the figures. */
  readonly because: string;
  /** Ratio of geometric means, treatment / baseline; of the least favourable comparison where there are several. */
  readonly estimate: number | null;
  /** Two-sided 1 − 2α interval for one-sided claims and equivalence, else 1 − α. */
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly p: number | null;
  /** Corrected over the family. */
  readonly pAdjusted: number | null;
  /** Trials that entered, both arms together. */
  readonly n: number;
  /** Smallest ratio on the far side of the margin that n trials would detect with power 0.8; null when unknown. */
  readonly minimumDetectableRatio: number | null;
  /** Trials per cell that would decide it at the effect seen; null when decided, hopeless or unknown. */
  readonly trialsToDecide: number | null;
  /** One for each pair of cells, or step, that the claim is made of. */
  readonly comparisons: readonly Comparison[];
}

export interface Comparison {
  /** `3 → 5 replicas`, `ram / disk at 1 replica, 64 clients`. */
  readonly label: string;
  readonly treatmentKey: string;
  readonly baselineKey: string;
  readonly trials: { readonly treatment: number; readonly baseline: number };
  readonly estimate: number | null;
  readonly ciLow: number | null;
  readonly ciHigh: number | null;
  readonly p: number | null;
  /** Cliff's δ, treatment over baseline, −1 … 1. */
  readonly cliffsDelta: number | null;
  readonly verdict: HypothesisVerdict;
  /** Why there is no p; empty otherwise. */
  readonly remark: string;
}
