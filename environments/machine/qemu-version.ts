/** Which QEMU this machine has. A program that is missing or does not run is an E320 that says what to install. */
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { execa } from 'execa';
import { asError, StrataError } from '../../harness/foundation/errors.ts';

export interface QemuProgram {
  /** Absolute path. */
  readonly path: string;
  /** `7.2.22`. */
  readonly version: string;
}

export interface Qemu {
  readonly system: QemuProgram;
  readonly img: QemuProgram;
}

export const installQemu = 'apt-get install -y --no-install-recommends qemu-system-x86 qemu-utils';

const answerTimeoutMs = 10_000;

/** Throws E320. */
export async function findQemu(signal: AbortSignal, env: NodeJS.ProcessEnv = process.env): Promise<Qemu> {
  // In turn: where both are missing it is always the same one that is named.
  const system = await findProgram('qemu-system-x86_64', signal, env);
  const img = await findProgram('qemu-img', signal, env);
  return { system, img };
}

async function findProgram(name: string, signal: AbortSignal, env: NodeJS.ProcessEnv): Promise<QemuProgram> {
  signal.throwIfAborted();
  const path = await findInPath(name, env['PATH'] ?? '');
  if (path === null) throw missing(`${name} is not installed (looked in PATH: ${env['PATH'] ?? 'empty'})`);
  const answer = await execa(path, ['--version'], {
    ...{ reject: false, timeout: answerTimeoutMs, cancelSignal: signal, stdin: 'ignore' },
  });
  signal.throwIfAborted();
  if (answer.failed) throw missing(`${path} is there and does not run`, asError(answer));
  const version = parseVersion(answer.stdout);
  if (version === null)
    throw missing(`${path} does not tell its version`, new Error(answer.stdout.slice(0, 200)));
  return { path, version };
}

async function findInPath(name: string, path: string): Promise<string | null> {
  for (const directory of path.split(delimiter).filter(isAbsolute)) {
    const candidate = join(directory, name);
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return null;
}

/** From `QEMU emulator version 7.2.22 (Debian …)` or `qemu-img version 10.0.2`; null when there is none. */
export function parseVersion(text: string): string | null {
  return /\bversion (\d+(?:\.\d+)+)/.exec(text)?.[1] ?? null;
}

function missing(message: string, cause?: Error): StrataError {
  const fix = `as root: ${installQemu} (packages of Debian and Ubuntu)`;
  return new StrataError({ code: 'STRATA-E320', message, fix, ...(cause === undefined ? {} : { cause }) });
}
