/** Made-up trials for measures of the statistics. */
import { normalStream } from '../../../analysis/statistics/random-stream.ts';
import { trialSummary, type TrialSummary } from '../../../analysis/trial-summary.ts';

export type Arm = readonly TrialSummary[];

/** @returns trials of a cell whose metric grows a little with its level */
export function armsOf(count: number, trials: number): readonly Arm[] {
  const normal = normalStream(20240605);
  return Array.from({ length: count }, (_, level) =>
    Array.from({ length: trials }, (__, block) =>
      trialSummary(`t${level}-${block}`, block, Math.exp(2 + level / 500 + 0.1 * normal())),
    ),
  );
}
