/** Runs mmdebstrap and turns its output into a cache entry that is either complete or absent. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import { signalIfThere } from '../process/group.ts';
import { removeTree } from './user-namespace.ts';
import { sidecarText, type CachePaths, type RootFilesystem } from './cache.ts';
import {
  mmdebstrapArguments,
  packageListVariable,
  parsePackageList,
  recipeKey,
  type HostApt,
  type RootfsRecipe,
} from './recipe.ts';

export interface RootfsBuild {
  readonly recipe: RootfsRecipe;
  readonly apt: HostApt;
  readonly paths: CachePaths;
  readonly signal: AbortSignal;
  readonly progress: (message: string) => void;
}

/** Directory of one build under the system's temporary directory; the pid tells whose it was. */
export const workDirPrefix = 'strata-rootfs-';

/** How much of mmdebstrap's output an error quotes. */
const quotedLines = 20;

export async function buildRootfs(build: RootfsBuild): Promise<RootFilesystem> {
  build.signal.throwIfAborted();
  const partial = `${build.paths.tar}.${process.pid}.partial`;
  const workDir = await mkdtemp(join(tmpdir(), `${workDirPrefix}${process.pid}-`));
  try {
    const written = await bootstrap(build, partial, workDir);
    const packages = parsePackageList(await readFile(join(workDir, 'packages'), 'utf8'));
    const built = { key: recipeKey(build.recipe), path: build.paths.tar, ...written, packages };
    await writeFile(`${partial}.json`, sidecarText(built));
    await rename(partial, build.paths.tar);
    await rename(`${partial}.json`, build.paths.sidecar);
    return built;
  } finally {
    await Promise.all([partial, `${partial}.json`, workDir].map(removeTree));
  }
}

interface Archive {
  readonly sizeBytes: number;
  readonly sha256: string;
}

async function bootstrap(build: RootfsBuild, partial: string, workDir: string): Promise<Archive> {
  const mode = process.getuid?.() === 0 ? 'root' : 'unshare';
  // In a namespace mmdebstrap is root as one of the user's subordinate ids, and must still write here.
  if (mode === 'unshare') await chmod(workDir, 0o1777);
  const child = execa('mmdebstrap', mmdebstrapArguments(build.recipe, build.apt, mode), {
    stdin: 'ignore',
    buffer: false,
    env: { TMPDIR: workDir, [packageListVariable]: join(workDir, 'packages') },
    // A group of its own: mmdebstrap itself only ends once the program it runs has, so both must be signalled.
    detached: true,
  });
  const disarm = endOnAbort(child.pid, build.signal);
  const meter = archiveMeter();
  const said: string[] = [];
  const reporter = reportProgress(build.progress, meter, said);
  const listening = collectLines(child.stderr, said);
  const [ended, piped] = await Promise.allSettled([
    child,
    pipeline(child.stdout, meter.through, createWriteStream(partial)),
    listening,
  ]);
  clearInterval(reporter);
  disarm();
  build.signal.throwIfAborted();
  if (piped.status === 'rejected') throw writeError(partial, piped.reason);
  if (ended.status === 'rejected') throw bootstrapError(said, ended.reason);
  return meter.result();
}

/** Asks the group to end on an abort and ends it 10 s later; returns what to call when it is gone by itself. */
function endOnAbort(pid: number | undefined, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    if (pid === undefined) return;
    signalIfThere(-pid, 'SIGTERM');
    timer = setTimeout(() => signalIfThere(-pid, 'SIGKILL'), 10_000);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return () => {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
}

interface Meter {
  readonly through: Transform;
  readonly sizeBytes: () => number;
  readonly result: () => Archive;
}

function archiveMeter(): Meter {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const through = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length;
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return {
    through,
    sizeBytes: () => sizeBytes,
    result: () => ({ sizeBytes, sha256: hash.digest('hex') }),
  };
}

async function collectLines(stream: Readable, said: string[]): Promise<void> {
  for await (const line of createInterface({ input: stream })) {
    said.push(line);
    if (said.length > quotedLines) said.shift();
  }
}

function reportProgress(
  progress: (message: string) => void,
  meter: Meter,
  said: readonly string[],
): NodeJS.Timeout {
  const startedMs = performance.now();
  const report = () => {
    const elapsedS = Math.round((performance.now() - startedMs) / 1000);
    const phase = said.findLast((line) => line.startsWith('I: '))?.slice('I: '.length) ?? 'starting';
    const written = meter.sizeBytes() === 0 ? '' : `, ${(meter.sizeBytes() / 1e9).toFixed(2)} GB written`;
    progress(`building the root filesystem (once, about a minute): ${phase} ${elapsedS} s${written}`);
  };
  report();
  return setInterval(report, 1000);
}

function writeError(partial: string, thrown: unknown): StrataError {
  const cause = asError(thrown) as NodeJS.ErrnoException;
  return new StrataError({
    code: 'STRATA-E319',
    message: `cannot write the root filesystem to ${partial}`,
    fix:
      cause.code === 'ENOSPC'
        ? 'free 3 GB there, or set XDG_CACHE_HOME to a directory on a larger disk'
        : 'make the directory writable, or set XDG_CACHE_HOME to one that is',
    cause,
  });
}

function bootstrapError(said: readonly string[], thrown: unknown): StrataError {
  const { exitCode } = thrown as { exitCode?: number };
  return new StrataError({
    code: 'STRATA-E317',
    message: `mmdebstrap could not build the root filesystem (exit code ${exitCode ?? 'unknown'})`,
    fix: "check that this machine reaches its package mirror and that its disk is not full: run 'apt-get update' and 'df -h /tmp'",
    cause: new Error(said.join('\n'), { cause: thrown }),
  });
}
