/** Reads an experiment file from disk. The only code of this folder that touches the machine. */
import { readFile, stat } from 'node:fs/promises';
import { asError, StrataError } from '../foundation/errors.ts';
import { planCodes } from './problems.ts';
import { formatBytes } from './quantities.ts';
import { maxFileCharacters } from './yaml-bounds.ts';
import type { ExperimentFile } from './yaml-file.ts';

/** UTF-8 needs up to 4 bytes a character. */
const maxFileBytes = 4 * maxFileCharacters;

/** @throws StrataError STRATA-E204 for a file that is too large, E207 for one that cannot be read as text */
export async function readExperimentFile(path: string): Promise<ExperimentFile> {
  return { path, text: decodeExperiment(path, await readBounded(path)) };
}

/** UTF-8, with or without a byte order mark; anything else is refused rather than guessed. */
export function decodeExperiment(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new StrataError({
      code: planCodes.fileUnreadable,
      message: `${path}: the file is not UTF-8 text`,
      fix: 'Save it as UTF-8. An experiment is a YAML file; a run directory or a Parquet file is not one.',
      cause,
    });
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  try {
    // Looked at before it is opened: opening a pipe that nobody writes to would wait for ever.
    const { size, isFile } = await statOf(path);
    if (!isFile) throw unreadable(path, 'it is not a regular file');
    if (size > maxFileBytes) throw tooLarge(path);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof StrataError) throw cause;
    throw unreadable(path, asError(cause).message, cause);
  }
}

async function statOf(path: string): Promise<{ readonly size: number; readonly isFile: boolean }> {
  const found = await stat(path);
  return { size: found.size, isFile: found.isFile() };
}

function unreadable(path: string, reason: string, cause?: unknown): StrataError {
  return new StrataError({
    code: planCodes.fileUnreadable,
    message: `${path}: the experiment file cannot be read: ${reason}`,
    fix: 'Check the path given with --config and its permissions.',
    ...(cause === undefined ? {} : { cause }),
  });
}

function tooLarge(path: string): StrataError {
  return new StrataError({
    code: planCodes.fileTooMuch,
    message: `${path}: the file is larger than ${formatBytes(maxFileBytes)}`,
    fix: 'An experiment takes a few lines; check that --config names the right file.',
  });
}
