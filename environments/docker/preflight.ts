/** What the docker environment needs of this machine, found out by asking the engine itself. */
import type { DockerVersion } from 'dockerode';
import { asError, StrataError } from '../../harness/foundation/errors.ts';
import { imageStatus } from '../image/status.ts';
import { findMissingTool } from '../image/prerequisites.ts';
import { diagnoseSilence } from './engine-errors.ts';
import { connectEngine, type Engine } from './engine.ts';
import { findImage } from './image.ts';

/** A healthy engine answers in milliseconds. */
const answerTimeoutMs = 5_000;

/** One-shot statistics came with this version (Docker Engine 20.10). */
const minApiVersion = [1, 41] as const;

/** Throws E310 – E314 for the engine, E315 and E316 when the image is missing and cannot be built here. */
export async function preflightDocker(signal: AbortSignal): Promise<void> {
  const engine = connectEngine();
  checkVersion(await engineVersion(engine, signal));
  if ((await findImage(engine, signal)) !== null) return;
  if ((await imageStatus()).kind === 'present') return;
  const obstacle = await findMissingTool();
  if (obstacle !== null) throw obstacle;
}

/** The engine's own account of its version; whatever keeps it from giving one is told as E310 – E313. */
export async function engineVersion(engine: Engine, signal: AbortSignal): Promise<DockerVersion> {
  const version = await engine
    .call('tell its version', () => engine.docker.version(), { signal, timeoutMs: answerTimeoutMs })
    .catch((error: unknown) => {
      signal.throwIfAborted();
      throw silence(engine, error);
    });
  // Whatever listens there may answer with anything.
  if (typeof (version as Partial<DockerVersion> | null)?.ApiVersion === 'string') return version;
  throw diagnoseSilence(new Error(`it answered ${JSON.stringify(version).slice(0, 100)}`), engine.address);
}

/** A refusal and a deadline say enough by themselves; a lost connection is diagnosed anew, as E31x. */
function silence(engine: Engine, error: unknown): StrataError {
  if (error instanceof StrataError && error.code === 'STRATA-E410' && error.cause instanceof StrataError) {
    return error.cause;
  }
  return diagnoseSilence(asError(error), engine.address);
}

function checkVersion({ ApiVersion: api, Version: version, Os: os }: DockerVersion): void {
  const [major = 0, minor = 0] = api.split('.').map(Number);
  const old = major < minApiVersion[0] || (major === minApiVersion[0] && minor < minApiVersion[1]);
  if (!old && os === 'linux') return;
  throw new StrataError({
    code: 'STRATA-E314',
    message: old
      ? `Docker Engine ${version} speaks API ${api}; ${minApiVersion.join('.')} (Docker 20.10) is needed`
      : `Docker Engine runs ${os} containers; the image is a Linux one`,
    fix: old ? 'install a newer engine' : 'switch the engine to Linux containers',
  });
}
