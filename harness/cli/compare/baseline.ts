/** `bench --baseline RUN`: the run to compare with is opened, and refused, before the first trial of the new one. */
import { readHostFacts } from '../../../results/store/host-facts.ts';
import { openRunDir, type StoredRun } from '../../../results/store/open-run.ts';
import { currentCommit } from '../../run/create-run.ts';
import { findRun } from '../runs/find-run.ts';
import { readCompareFlags, type CompareFlags, type CompareLimits } from './compare-flags.ts';
import { compareAndKeep, type KeptComparison } from './keep-comparison.ts';
import { refuseUnlikeHere } from './compare-stored.ts';

export interface Baseline {
  readonly run: StoredRun;
  readonly limits: CompareLimits;
}

/** null where none was asked for. @throws StrataError E241, E255, E260–E263, E202, E257 */
export async function openBaseline(
  word: string | undefined,
  flags: CompareFlags,
  baseDir: string,
): Promise<Baseline | null> {
  if (word === undefined) return null;
  const limits = readCompareFlags(flags);
  const run = await openRunDir(await findRun(word, baseDir));
  const here = { host: await readHostFacts(), commit: await currentCommit() };
  refuseUnlikeHere(run.manifest, here, limits.allowed);
  return { run, limits };
}

export async function compareWith(baseline: Baseline | null, run: StoredRun): Promise<KeptComparison | null> {
  return baseline === null ? null : await compareAndKeep(baseline.run, run, baseline.limits);
}
