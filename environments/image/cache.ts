/** Where built root filesystems are kept, and what is known about each without opening it. */
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface RootFilesystem {
  /** Names the content: `recipeKey`. */
  readonly key: string;
  /** Absolute path of the tar archive. */
  readonly path: string;
  readonly sizeBytes: number;
  /** SHA-256 of the archive, hex. */
  readonly sha256: string;
  /** Installed packages and their versions. */
  readonly packages: Readonly<Record<string, string>>;
}

export interface CachePaths {
  readonly dir: string;
  readonly tar: string;
  readonly sidecar: string;
  readonly lock: string;
}

/** `$XDG_CACHE_HOME/strata`, or `~/.cache/strata` when that is unset or, as its specification asks, relative. */
export function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const configured = env['XDG_CACHE_HOME'];
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'strata');
}

export function cachePaths(dir: string, key: string): CachePaths {
  const stem = join(dir, `rootfs-${key}`);
  return { dir, tar: `${stem}.tar`, sidecar: `${stem}.json`, lock: `${stem}.lock` };
}

/** The cached filesystem, or null when there is none or its size contradicts what was written down. */
export async function readCached(paths: CachePaths, key: string): Promise<RootFilesystem | null> {
  const [sidecar, archive] = await Promise.all([
    readFile(paths.sidecar, 'utf8').catch(() => null),
    stat(paths.tar).catch(() => null),
  ]);
  if (sidecar === null || archive === null) return null;
  const written = parseSidecar(sidecar);
  if (written?.key !== key || written.sizeBytes !== archive.size) return null;
  return { ...written, path: paths.tar };
}

export function sidecarText(built: RootFilesystem): string {
  const { key, sizeBytes, sha256, packages } = built;
  return `${JSON.stringify({ key, sizeBytes, sha256, packages }, null, 2)}\n`;
}

function parseSidecar(text: string): Omit<RootFilesystem, 'path'> | null {
  try {
    const { key, sizeBytes, sha256, packages } = JSON.parse(text) as Partial<RootFilesystem>;
    if (typeof key !== 'string' || typeof sizeBytes !== 'number' || typeof sha256 !== 'string') return null;
    return { key, sizeBytes, sha256, packages: packages ?? {} };
  } catch {
    return null;
  }
}
