/** `compare A B`: two stored runs, cell by cell, as text, JSON or page. Only what is stored is read. */
import { openRunDir } from '../../../results/store/open-run.ts';
import { readCompareFlags, type CompareFlags } from '../compare/compare-flags.ts';
import { compareText } from '../compare/compare-text.ts';
import { compareAndKeep, hasRegression } from '../compare/keep-comparison.ts';
import { compareOutput } from '../json/compare-output.ts';
import { findRun } from '../runs/find-run.ts';
import type { Terminal } from '../terminal.ts';

/** Exit 11 for a regression only when a threshold was asked for: looking at two runs is no test of one. */
export async function compareCommand(
  [wordA, wordB]: readonly string[],
  flags: CompareFlags,
  baseDir: string,
  terminal: Terminal,
): Promise<0 | 11> {
  const limits = readCompareFlags(flags);
  const a = await openRunDir(await findRun(wordA ?? '', baseDir));
  const b = await openRunDir(await findRun(wordB ?? 'latest', baseDir));
  const { report, page } = await compareAndKeep(a, b, limits);
  if (terminal.json) terminal.print(JSON.stringify(compareOutput(report, page), null, 2));
  else terminal.print(compareText(report, page, terminal));
  return flags.regressionThreshold !== undefined && hasRegression(report) ? 11 : 0;
}
