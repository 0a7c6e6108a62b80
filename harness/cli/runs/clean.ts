/** `clean`: removes what dead runs left in every environment, and with `--all` stale images. Live runs are safe. */
import { environmentFor, availableEnvironments } from '../../../environments/registry.ts';
import { removeStaleImages, type RemovedFile } from '../../../environments/image/status.ts';
import { forgetDeadRun, isLive, listRuns } from '../../../environments/live-runs.ts';
import type { Environment, Leftover } from '../../../environments/environment.ts';
import { bytes, counted } from '../../../analysis/report/numbers.ts';
import { causeChain } from '../../foundation/errors.ts';

export interface Cleaning {
  readonly removed: readonly Leftover[];
  readonly files: readonly RemovedFile[];
  /** Environments that could not be looked at, with the reason. */
  readonly skipped: readonly { readonly environment: string; readonly reason: string }[];
  readonly live: readonly string[];
}

export interface CleanOptions {
  readonly isAll: boolean;
  readonly signal: AbortSignal;
  readonly environments?: readonly Environment[];
}

export async function clean({ isAll, signal, environments }: CleanOptions): Promise<Cleaning> {
  const removed: Leftover[] = [];
  const skipped: { environment: string; reason: string }[] = [];
  for (const environment of environments ?? availableEnvironments.map(environmentFor)) {
    try {
      removed.push(...(await environment.reap(isLive, signal)));
    } catch (error) {
      signal.throwIfAborted();
      // An engine that is not there holds nothing; the others must still be cleaned.
      skipped.push({ environment: environment.name, reason: causeChain(error).join('; because ') });
    }
  }
  const known = await listRuns();
  // What a skipped environment still holds must stay recognisable as a dead run's.
  if (skipped.length === 0) for (const { runId, live } of known) if (!live) await forgetDeadRun(runId);
  return {
    removed,
    files: isAll ? await removeStaleImages() : [],
    skipped,
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
    ...(isNothing ? ['nothing to remove: no dead run has left anything'] : []),
    ...(live.length === 0
      ? []
      : [`left alone: ${counted(live.length, 'run')} still going on (${live.join(', ')})`]),
    ...skipped.map(({ environment, reason }) => `not looked at: ${environment} (${reason})`),
  ].join('\n');
}
