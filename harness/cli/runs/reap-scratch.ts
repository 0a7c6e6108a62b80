/**
 * Removes what dead runs left in their run directories: the scratch of the trial in flight. What `--keep-on-failure`
 * may have kept stays: there the record says that the attempt failed.
 */
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Leftover } from '../../../environments/environment.ts';
import { namesIn } from '../../../environments/shared-directory.ts';
import { openRunDir } from '../../../results/store/open-run.ts';
import { causeChain } from '../../foundation/errors.ts';
import { runIds } from './find-run.ts';

export interface ReapedScratch {
  readonly removed: readonly Leftover[];
  /** Runs whose directory could not be read, with the reason. They are left as they are. */
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
}

/** Never touches a run for which `isLive` is true, nor one that another machine began: it may be alive there. */
export async function reapScratch(
  baseDir: string,
  isLive: (runId: string) => boolean,
): Promise<ReapedScratch> {
  const removed: Leftover[] = [];
  const skipped: { what: string; reason: string }[] = [];
  for (const runId of await runIds(baseDir)) {
    try {
      const directories = await abandoned(join(baseDir, runId));
      // Asked after reading: the run may have been resumed meanwhile, and what it lacks is being made again.
      if (isLive(runId)) continue;
      for (const directory of directories) await rm(directory, { recursive: true, force: true });
      removed.push(...directories.map((name) => ({ kind: 'directory', name, runId }) as const));
    } catch (error) {
      skipped.push({ what: `run ${runId}`, reason: causeChain(error).join('; because ') });
    }
  }
  return { removed, skipped };
}

/** Scratch directories (`<trial>.<attempt>`) that nobody asked to keep. */
async function abandoned(runDir: string): Promise<readonly string[]> {
  const scratch = join(runDir, 'scratch');
  const names = await namesIn(scratch);
  if (names.length === 0) return [];
  const { manifest, trials } = await openRunDir(runDir);
  if (manifest.host.hostname !== hostname()) return [];
  const failed = trials.filter(({ status }) => status === 'failed');
  const kept = new Set(failed.map(({ trialId, attempt }) => `${trialId}.${attempt}`));
  return names.filter((name) => !kept.has(name)).map((name) => join(scratch, name));
}
