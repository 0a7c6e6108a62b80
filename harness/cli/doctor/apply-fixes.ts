/** Carries out fixes: shows each command, its size and whether it needs root, asks, runs, and shows what failed. */
import { createInterface } from 'node:readline/promises';
import { execa } from 'execa';
import { ensureRootFilesystem } from '../../../environments/image/rootfs.ts';
import { StrataError } from '../../foundation/errors.ts';
import type { Diagnosis } from './check.ts';
import { actionText, fixFor, type Fix } from './fixes.ts';

export interface FixSession {
  /** `--yes`: nothing is asked. */
  readonly isAgreed: boolean;
  readonly isInteractive: boolean;
  readonly isRoot: boolean;
  readonly say: (line: string) => void;
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
    if (!session.isAgreed && !(await askFor(session.signal))) continue;
    await carryOut(fix, session);
    isChanged = true;
  }
  return isChanged;
}

async function askFor(signal: AbortSignal): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question('  Do it? [y/N] ', { signal })).trim());
  } finally {
    terminal.close();
  }
}

async function carryOut(fix: Fix, { say, signal, isRoot }: FixSession): Promise<void> {
  try {
    if (fix.action.kind === 'build-image') {
      await ensureRootFilesystem({ signal, progress: (message) => say(`  ${message}`) });
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
    if (error instanceof StrataError) throw error;
    throw new StrataError({
      code: 'STRATA-E382',
      message: `the fix "${fix.what}" failed`,
      fix: `run it yourself and read what it says: ${actionText(fix)}`,
      cause: error,
    });
  }
}
