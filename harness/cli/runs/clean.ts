/**
 * `clean`: removes what dead runs left in every environment and in their run directories, and with `--all` stale
 * images and prepared machines. Live runs are safe.
 */
import { environmentFor } from '../../../environments/registry.ts';
import { environmentNames } from '../../foundation/cell.ts';
import type { RemovedFile } from '../../../environments/image/status.ts';
import { forgetDeadRun, isLive, listRuns } from '../../../environments/live-runs.ts';
import type { Environment, Leftover } from '../../../environments/environment.ts';
import { bytes, counted } from '../../../analysis/report/numbers.ts';
import { causeChain } from '../../foundation/errors.ts';
import { reapScratch } from './reap-scratch.ts';
import { removeStaleFiles } from './stale-files.ts';

export interface Cleaning {
  readonly removed: readonly Leftover[];
  readonly files: readonly RemovedFile[];
  /** Environments and runs that could not be looked at, with the reason. */
  readonly skipped: readonly { readonly what: string; readonly reason: string }[];
  readonly live: readonly string[];
}

export interface CleanOptions {
  readonly isAll: boolean;
  /** Directory of run directories. */
  readonly baseDir: string;
  readonly signal: AbortSignal;
  readonly environments?: readonly Environment[];
}

export async function clean({ isAll, baseDir, signal, environments }: CleanOptions): Promise<Cleaning> {
  const removed: Leftover[] = [];
  const skipped: { what: string; reason: string }[] = [];
  for (const environment of environments ?? environmentNames.map(environmentFor)) {
    try {
      removed.push(...(await environment.reap(isLive, signal)));
    } catch (error) {
      signal.throwIfAborted();
      // An engine that is not there holds nothing; the others must still be cleaned.
      skipped.push({ what: environment.name, reason: causeChain(error).join('; because ') });
    }
  }
  const scratch = await reapScratch(baseDir, isLive);
  const known = await listRuns();
  // What a skipped environment still holds must stay recognisable as a dead run's.
  if (skipped.length === 0) for (const { runId, live } of known) if (!live) await forgetDeadRun(runId);
  const stale = isAll ? await removeStaleFiles(signal) : { files: [], skipped: [] };
  return {
    removed: [...removed, ...scratch.removed],
    files: stale.files,
    skipped: [...skipped, ...scratch.skipped, ...stale.skipped],
    live: known.flatMap(({ runId, live }) => (live ? [runId] : [])),
  };
}

export function cleaningText({ removed, files, skipped, live }: Cleaning): string {
  const groups = new Map<string, string[]>();
  for (const { kind, name, runId } of removed) {
    const key = `${runId}: ${kind}`;
    groups.set(key, [...(groups.get(key) ?? []), name]);
  }
  const lines = [...groups].map(
    ([key, names]) => `removed ${key}${names.length > 1 ? ` (${names.length})` : ''} ${names.join(', ')}`,
  );
  const isNothing = removed.length === 0 && files.length === 0;
  return [
    ...lines,
    ...files.map(({ path, sizeBytes }) => `removed ${path} (${bytes(sizeBytes)})`),
    ...(files.length < 2 ? [] : [`${bytes(sumOf(files))} of disk freed`]),
    ...(isNothing ? ['nothing to remove: no dead run has left anything'] : []),
    ...(live.length === 0
      ? []
      : [`left alone: ${counted(live.length, 'run')} still going on (${live.join(', ')})`]),
    ...skipped.map(({ what, reason }) => `not looked at: ${what} (${reason})`),
  ].join('\n');
}

function sumOf(files: readonly RemovedFile[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
