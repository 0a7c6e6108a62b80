/** The root filesystem as an image of the engine: imported once from the archive, never pulled. */
import { createReadStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { Transform } from 'node:stream';
import { StrataError } from '../../harness/foundation/errors.ts';
import { acquireBuildLock } from '../image/build-lock.ts';
import { cacheDir, type RootFilesystem } from '../image/cache.ts';
import { recipeKey, rootfsRecipe } from '../image/recipe.ts';
import { ensureRootFilesystem, type BuildScope } from '../image/rootfs.ts';
import type { Engine } from './engine.ts';
import { refusalStatus } from './engine-errors.ts';

export interface EngineImage {
  /** `sha256:…`: the digest the engine gave to exactly these bytes. */
  readonly id: string;
  /** Key of the recipe. */
  readonly key: string;
  /** SHA-256 of the archive it was imported from. */
  readonly archiveSha256: string;
}

const repository = 'strata-rootfs';
const keyLabel = 'strata-rootfs.key';
const archiveLabel = 'strata-rootfs.sha256';

/** A gigabyte onto a slow disk. */
const importTimeoutMs = 10 * 60_000;

/** Importing answers only when it is done; paths and language are what a login shell would have. */
const settings = [
  'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'ENV HOME=/root',
  'ENV LANG=C.UTF-8',
];

/** The image, if this engine has it. */
export async function findImage(engine: Engine, signal: AbortSignal): Promise<EngineImage | null> {
  const key = recipeKey(rootfsRecipe);
  return engine.call(
    `inspect image ${repository}:${key}`,
    async () => {
      try {
        const found = await engine.docker.getImage(`${repository}:${key}`).inspect();
        return { id: found.Id, key, archiveSha256: found.Config.Labels[archiveLabel] ?? 'unknown' };
      } catch (error) {
        if (refusalStatus(error) === 404) return null;
        throw error;
      }
    },
    { signal },
  );
}

/** The image, built and imported if need be; a second run waits for the first to do it. */
export async function ensureImage(engine: Engine, scope: BuildScope): Promise<EngineImage> {
  const found = await findImage(engine, scope.signal);
  if (found !== null) return found;
  const rootfs = await ensureRootFilesystem(scope);
  await mkdir(cacheDir(), { recursive: true });
  const lock = await acquireBuildLock({
    path: path.join(cacheDir(), `import-${rootfs.key}.lock`),
    work: 'importing the root filesystem into Docker',
    timeoutMs: importTimeoutMs,
    ...scope,
  });
  try {
    return (await findImage(engine, scope.signal)) ?? (await importImage(engine, rootfs, scope));
  } finally {
    await lock[Symbol.asyncDispose]();
  }
}

/** Removes images of other recipes that no container uses; returns their tags. For `clean --all`. */
export async function removeStaleEngineImages(engine: Engine): Promise<readonly string[]> {
  const current = `${repository}:${recipeKey(rootfsRecipe)}`;
  const images = await engine.call('list images', (abortSignal) =>
    engine.docker.listImages({ filters: { reference: [repository] }, abortSignal }),
  );
  const tags = images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag !== current);
  const removed: string[] = [];
  for (const tag of tags) {
    await engine.call(`remove image ${tag}`, async () => {
      try {
        await engine.docker.getImage(tag).remove();
        removed.push(tag);
      } catch (error) {
        if (refusalStatus(error) !== 404 && refusalStatus(error) !== 409) throw error;
      }
    });
  }
  return removed;
}

async function importImage(engine: Engine, rootfs: RootFilesystem, scope: BuildScope): Promise<EngineImage> {
  const labels = [`LABEL ${keyLabel}=${rootfs.key}`, `LABEL ${archiveLabel}=${rootfs.sha256}`];
  const answer = await engine.call(
    `import ${rootfs.path}`,
    async (abortSignal) => {
      const options = { repo: repository, tag: rootfs.key, changes: [...settings, ...labels], abortSignal };
      const archive = createReadStream(rootfs.path, { highWaterMark: 1 << 20 });
      const source = archive.pipe(progressMeter(rootfs.sizeBytes, scope.progress));
      archive.on('error', (error) => source.destroy(error));
      return text(await engine.docker.importImage(source, options));
    },
    { signal: scope.signal, timeoutMs: importTimeoutMs },
  );
  const image = await findImage(engine, scope.signal);
  if (image !== null) return image;
  throw new StrataError({
    code: 'STRATA-E419',
    message: 'Docker Engine did not take the root filesystem as an image',
    fix: 'see the cause; a full disk is the usual one: df -h /var/lib/docker',
    cause: new Error(answer.trim()),
  });
}

/** Passes the archive through and tells at most once a second how far it is. */
function progressMeter(totalBytes: number, progress: (message: string) => void): Transform {
  let bytes = 0;
  let toldMs = -Infinity;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (performance.now() - toldMs >= 1000) {
        toldMs = performance.now();
        progress(`importing the image into Docker: ${gigabytes(bytes)} of ${gigabytes(totalBytes)} GB`);
      }
      done(null, chunk);
    },
  });
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(2);
}
