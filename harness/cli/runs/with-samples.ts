/** Adds to a model what its samples look like; a summary does without, a report does not. */
import { usableTrials } from '../../../analysis/attempts.ts';
import type { Distributions } from '../../../analysis/distribution/distribution.ts';
import { describeSamples } from '../../../analysis/distribution/describe-samples.ts';
import type { ReportModel, Warning } from '../../../analysis/report/report-model.ts';
import type { TrialRecord } from '../../../results/store/records.ts';

/** @param records all attempts, as stored */
export async function withSamples(model: ReportModel, records: readonly TrialRecord[]): Promise<ReportModel> {
  const order = new Map(model.cells.map(({ key }, index) => [key, index]));
  const rank = ({ cellKey }: TrialRecord) => order.get(cellKey) ?? 0;
  const trials = [...usableTrials(records)].sort((a, b) => rank(a) - rank(b));
  const distributions = await describeSamples(model.runDir, trials);
  return { ...model, distributions, warnings: [...model.warnings, ...unknownSamples(distributions)] };
}

function unknownSamples({ unknown }: Distributions): Warning[] {
  return unknown.map(({ trialId, reason }) => ({
    code: 'samples-unknown',
    message: `the distribution of ${trialId} is unknown: ${reason}`,
    advice:
      'its figures in the tables were computed and stored when it ended; restore the file from a backup, or run the trial again',
  }));
}
