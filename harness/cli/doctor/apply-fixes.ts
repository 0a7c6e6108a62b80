/** Carries out fixes: shows each command, its size and whether it needs root, asks, runs, and shows what failed. */
import { execa } from 'execa';
import { ensureDockerDisk } from '../../../environments/guest/docker-disk.ts';
import { ensureGuestImage } from '../../../environments/guest/guest-image.ts';
import { ensureRootFilesystem, type BuildScope } from '../../../environments/image/rootfs.ts';
import { StrataError } from '../../foundation/errors.ts';
import { ask } from '../ask.ts';
import type { Diagnosis } from './check.ts';
import { actionText, fixFor, type Build, type Fix } from './fixes.ts';

export interface FixSession {
  /** `--yes`: nothing is asked. */
  readonly isAgreed: boolean;
  readonly isInteractive: boolean;
  readonly isRoot: boolean;
  readonly say: (line: string) => void;
  /** What a build is at: several times a second, to be shown in place. */
  readonly progress: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Installing over a slow line, or building the image, takes its time; it must still end. */
const fixTimeoutMs = 30 * 60_000;

/** Each fix once, in the order in which the checks ask for them. */
export function wantedFixes(found: readonly Diagnosis[]): readonly Fix[] {
  const ids = new Set(found.filter(({ state }) => state !== 'ok').flatMap(({ fixes }) => fixes));
  return [...ids].map((id) => fixFor(id));
}

/**
 * @returns whether anything was done, so that it is worth looking again.
 * @throws StrataError E254 when there is nobody to ask, E382 when a fix failed
 */
export async function applyFixes(fixes: readonly Fix[], session: FixSession): Promise<boolean> {
  if (fixes.length > 0 && !session.isAgreed && !session.isInteractive) {
    throw new StrataError({
      code: 'STRATA-E254',
      message: `--fix would run ${fixes.length === 1 ? 'a command' : `${fixes.length} commands`} and there is no terminal to ask on`,
      fix: `agree beforehand with --fix --yes; the commands: ${fixes.map(actionText).join('; ')}`,
    });
  }
  let isChanged = false;
  for (const fix of fixes) {
    session.say(`${fix.what}: ${actionText(fix)}`);
    session.say(`  ${fix.size}; ${fix.needsRoot ? 'needs root' : 'needs no root'}`);
    if (!session.isAgreed && !(await ask({ text: '  Do it?', byDefault: false, signal: session.signal })))
      continue;
    await carryOut(fix, session);
    isChanged = true;
  }
  return isChanged;
}

const builds: Readonly<Record<Build, (scope: BuildScope) => Promise<unknown>>> = {
  rootfs: (scope) => ensureRootFilesystem(scope),
  'guest-image': (scope) => ensureGuestImage(scope),
  'docker-disk': async (scope) => ensureDockerDisk(await ensureGuestImage(scope), scope),
};

async function carryOut(fix: Fix, { progress, signal, isRoot }: FixSession): Promise<void> {
  try {
    if (fix.action.kind === 'build') {
      await builds[fix.action.build]({ signal, progress });
      return;
    }
    const [file, ...rest] = fix.action.command;
    const isRaised = fix.needsRoot && !isRoot;
    await execa(isRaised ? 'sudo' : file, isRaised ? [file, ...rest] : rest, {
      stdin: 'inherit',
      stdout: process.stderr,
      stderr: process.stderr,
      timeout: fixTimeoutMs,
      cancelSignal: signal,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StrataError) throw error;
    throw new StrataError({
      code: 'STRATA-E382',
      message: `the fix "${fix.what}" failed`,
      fix: `run it yourself and read what it says: ${actionText(fix)}`,
      cause: error,
    });
  }
}
