/** What the report needs of the samples themselves, read before the rest is concluded from the records alone. */
import { usableTrials } from '../../../analysis/attempts.ts';
import { readPaperDetails } from '../../../analysis/papers/compare-papers.ts';
import type { OnsetDetails } from '../../../analysis/papers/onset-details.ts';
import { dueTrials } from '../../../results/store/due.ts';
import type { StoredRun } from '../../../results/store/open-run.ts';

/** Nothing for a run that repeats no paper: then no sample is read. */
export async function readRunDetails({ manifest, trials, stopping, path }: StoredRun): Promise<OnsetDetails> {
  const plan = dueTrials(manifest, stopping);
  return await readPaperDetails({ manifest, plan, trials: usableTrials(trials) }, path);
}
