/** How long trials of like cells took before, from the runs of this checkout: for `--dry-run`. */
import { join } from 'node:path';
import { openRunDir } from '../../../results/store/open-run.ts';
import type { TrialRecord } from '../../../results/store/records.ts';
import type { History } from '../../plan/estimate.ts';
import { runIds } from './find-run.ts';

/** Later runs say more about the machine as it is; more than these are not read. */
const mostRuns = 50;

export async function readHistory(baseDir: string): Promise<History> {
  const ids = (await runIds(baseDir)).slice(-mostRuns);
  const durations = new Map<string, number[]>();
  for (const id of ids) {
    // A run that cannot be read has nothing to say here; `list` shows why.
    const run = await openRunDir(join(baseDir, id)).catch(() => null);
    for (const record of run?.trials ?? []) {
      if (record.status !== 'completed') continue;
      durations.set(record.cellKey, [...(durations.get(record.cellKey) ?? []), durationOf(record)]);
    }
  }
  return (cellKey) => {
    const known = durations.get(cellKey);
    if (known === undefined) return undefined;
    return { meanMs: known.reduce((sum, ms) => sum + ms, 0) / known.length, n: known.length };
  };
}

function durationOf({ phasesMs }: TrialRecord): number {
  return Object.values(phasesMs).reduce((sum, ms) => sum + ms, 0);
}
