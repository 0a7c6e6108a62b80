/** Which papers a run may be held against, and the comparison with each. Pure, once the samples were read. */
import type { PaperRow } from '../../results/export/paper-csv.ts';
import type { PaperComparison, RunToCompare } from './comparison.ts';
import { compareInserter } from './inserter-comparison.ts';
import { compareOnset, onsetDetailsWanted } from './onset-comparison.ts';
import { noDetails, readOnsetDetails, type OnsetDetails } from './onset-details.ts';

/** One for each paper whose preset ran, or whose cells the run has. */
export function comparePapers(run: RunToCompare): readonly PaperComparison[] {
  return [compareOnset(run), compareInserter(run)].filter((comparison) => comparison !== null);
}

/** From the samples of the run what a comparison needs of them; nothing where there is none. */
export async function readPaperDetails(
  run: Pick<RunToCompare, 'manifest' | 'plan' | 'trials'>,
  runDir: string,
): Promise<OnsetDetails> {
  const wanted = onsetDetailsWanted(run, runDir);
  return wanted === null ? noDetails : await readOnsetDetails(wanted);
}

export function paperRows(comparisons: readonly PaperComparison[]): readonly PaperRow[] {
  return comparisons.flatMap(({ tables }) => tables.flatMap(({ rows }) => rows));
}
