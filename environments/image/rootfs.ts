/**
 * The one root filesystem of all environments: taken from the cache, or built once with mmdebstrap under a lock.
 * Non-goal: turning the archive into a container image or a disk; that is the environments' part.
 */
import { mkdir } from 'node:fs/promises';
import { withDeadline } from '../../harness/foundation/deadline.ts';
import { StrataError } from '../../harness/foundation/errors.ts';
import { acquireBuildLock } from './build-lock.ts';
import { cacheDir, cachePaths, readCached, type CachePaths, type RootFilesystem } from './cache.ts';
import { readHostApt } from './host-apt.ts';
import { buildRootfs } from './mmdebstrap.ts';
import { findMissingTool } from './prerequisites.ts';
import { recipeKey, rootfsRecipe, type RootfsRecipe } from './recipe.ts';

export interface BuildScope {
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

export interface BuildChoices {
  readonly recipe: RootfsRecipe;
  /** Cache directory; made when missing. */
  readonly dir: string;
  /** Limit for the whole build, and for waiting for another process that builds. */
  readonly timeoutMs: number;
}

/** A first build fetches some 300 MB: a slow mirror must not be mistaken for a hang. */
const buildTimeoutMs = 30 * 60_000;

/** Throws E315–E319 when the filesystem is neither cached nor can be built here. */
export async function ensureRootFilesystem(
  scope: BuildScope,
  given: Partial<BuildChoices> = {},
): Promise<RootFilesystem> {
  const choices = { recipe: rootfsRecipe, dir: cacheDir(), timeoutMs: buildTimeoutMs, ...given };
  const key = recipeKey(choices.recipe);
  const paths = cachePaths(choices.dir, key);
  const cached = await readCached(paths, key);
  if (cached !== null) return cached;
  const obstacle = await findMissingTool();
  if (obstacle !== null) throw obstacle;
  await makeCacheDir(choices.dir);
  const lock = await acquireBuildLock({
    path: paths.lock,
    timeoutMs: choices.timeoutMs,
    signal: scope.signal,
    work: 'building the root filesystem',
    progress: scope.progress,
  });
  try {
    return (await readCached(paths, key)) ?? (await build(scope, choices, paths));
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

async function build(scope: BuildScope, choices: BuildChoices, paths: CachePaths): Promise<RootFilesystem> {
  const apt = await readHostApt();
  const wait = {
    what: 'mmdebstrap to build the root filesystem',
    timeoutMs: choices.timeoutMs,
    signal: scope.signal,
    code: 'STRATA-E317' as const,
    fix: "check that this machine reaches its package mirror: run 'apt-get update'",
  };
  let building: Promise<RootFilesystem> | undefined;
  try {
    return await withDeadline(wait, (signal) => {
      building = buildRootfs({ recipe: choices.recipe, apt, paths, signal, progress: scope.progress });
      return building;
    });
  } catch (error) {
    // A build that was called off still removes what it made; the lock is held until it has.
    await building?.catch(() => undefined);
    throw error;
  }
}

async function makeCacheDir(dir: string): Promise<void> {
  try {
    await mkdir(dir, { recursive: true });
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E319',
      message: `cannot make the cache directory ${dir}`,
      fix: 'make it writable, or set XDG_CACHE_HOME to a directory that is',
      cause,
    });
  }
}
