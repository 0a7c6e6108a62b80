/** What doctor and clean need to know of prepared machines: which there are, how large, which are stale. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAbandonedPartial } from '../guest/builder.ts';
import { allocatedBytes } from '../guest/disk-image.ts';
import { guestImageStatus } from '../guest/status.ts';
import { readLock } from '../image/build-lock.ts';
import { cacheDir } from '../image/cache.ts';
import type { RemovedFile } from '../image/status.ts';
import { listRuns } from '../live-runs.ts';
import { isRunning } from '../process-identity.ts';
import { namesIn } from '../shared-directory.ts';
import { machineRemnants } from './machine-run.ts';
import { findQemu } from './qemu-version.ts';
import { whyStale, type Circumstances } from './template-staleness.ts';
import { recordPath, type TemplateIngredients } from './template-store.ts';

export interface PreparedMachine {
  /** Directory of the template. */
  readonly path: string;
  /** null when its record cannot be read. */
  readonly role: string | null;
  /** What it takes of the disk. */
  readonly sizeBytes: number;
  /** Why no run wakes it any more, in words; null = one may. */
  readonly stale: string | null;
}

const templateName = /^template-[0-9a-f]{12}$/;

/** As it is here and now. */
export async function presentCircumstances(signal: AbortSignal, dir = cacheDir()): Promise<Circumstances> {
  const status = await guestImageStatus(dir);
  const qemu = await findQemu(signal).catch(() => null);
  signal.throwIfAborted();
  return {
    image: status.kind === 'present' ? status.image : null,
    qemuVersion: qemu?.system.version ?? null,
  };
}

/** All complete ones; their checksums are not looked at, which takes as long as reading them. */
export async function preparedMachines(now: Circumstances, dir = cacheDir()): Promise<PreparedMachine[]> {
  const names = (await namesIn(dir)).filter((name) => templateName.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(dir, name);
      const ingredients = await readIngredients(path);
      const stale = ingredients === null ? 'has no readable record' : whyStale(ingredients, now);
      return { path, role: ingredients?.role ?? null, sizeBytes: await directoryBytes(path), stale };
    }),
  );
}

/**
 * Removes stale templates, and what dead builders left. What a live builder holds stays. Not to be called while a live
 * run has machines ({@link runsWithMachines}): one that another version of the program began may still wake them.
 */
export async function removeStaleTemplates(now: Circumstances, dir = cacheDir()): Promise<RemovedFile[]> {
  const held = await heldLocks(dir);
  const stale = (await preparedMachines(now, dir)).filter(
    ({ path, stale: reason }) => reason !== null && !held.has(`${path}.lock`),
  );
  const names = await namesIn(dir);
  const partials = names.filter((name) => name.startsWith('template-') && isAbandonedPartial(name));
  const locks = names.filter((name) => lockName.test(name) && !held.has(join(dir, name)));
  const removed: RemovedFile[] = [];
  for (const path of [
    ...stale.map((template) => template.path),
    ...[...partials, ...locks].map((name) => join(dir, name)),
  ]) {
    const sizeBytes = await directoryBytes(path);
    await rm(path, { recursive: true, force: true });
    removed.push({ path, sizeBytes });
  }
  return removed;
}

/** Ids of the live runs that have machines on this host. */
export async function runsWithMachines(): Promise<string[]> {
  const live = (await listRuns()).filter((run) => run.live);
  const remnants = await Promise.all(live.map(({ runId }) => machineRemnants(runId)));
  return live.flatMap(({ runId }, index) => (remnants[index]?.length === 0 ? [] : [runId]));
}

/** A lock, or the draft of one (`….lock.<uuid>`) with which a builder waits for it. */
const lockName = /^template-[0-9a-f]{12}\.lock(?:\.[0-9a-f-]{36})?$/;

/** Absolute paths of the locks and drafts of live builders. */
async function heldLocks(dir: string): Promise<ReadonlySet<string>> {
  const paths = (await namesIn(dir)).filter((name) => lockName.test(name)).map((name) => join(dir, name));
  const owners = await Promise.all(paths.map(readLock));
  return new Set(
    paths.filter((_, index) => {
      const owner = owners[index] ?? null;
      return owner !== null && isRunning(owner.process);
    }),
  );
}

async function readIngredients(directory: string): Promise<TemplateIngredients | null> {
  const text = await readFile(recordPath(directory), 'utf8').catch(() => '');
  try {
    const { ingredients } = JSON.parse(text) as { ingredients?: Partial<TemplateIngredients> };
    const { imageKey, role, qemuVersion, machineArguments } = ingredients ?? {};
    const isWhole = [imageKey, role, qemuVersion].every((value) => typeof value === 'string');
    return isWhole && Array.isArray(machineArguments) ? (ingredients as TemplateIngredients) : null;
  } catch {
    return null;
  }
}

/** What the files of a directory, or a file, take of the disk. */
async function directoryBytes(path: string): Promise<number> {
  const names = await namesIn(path).catch(() => null);
  return (names?.map((name) => join(path, name)) ?? [path]).reduce(
    (sum, file) => sum + allocatedBytes(file),
    0,
  );
}
