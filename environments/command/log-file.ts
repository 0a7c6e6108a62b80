/** The output of a long-running command on the host: bounded, with a tail that can be read at any time. */
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { StrataError } from '../../harness/foundation/errors.ts';
import { errnoOf } from '../errno.ts';

/** A file that reaches this size is kept once, as `FILE.1`, and a new one begun. */
const maxLogBytes = 16 * 1024 * 1024;
const tailBytes = 64 * 1024;

export interface LogFile {
  readonly append: (text: Uint8Array) => Promise<void>;
  readonly tail: (lines: number) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openLogFile(path: string, maxBytes = maxLogBytes): Promise<LogFile> {
  const state = { handle: await open(path, 'a', 0o600), sizeBytes: (await stat(path)).size };
  const from = state.sizeBytes;
  let rotated = false;
  return {
    append: async (text) => {
      if (state.sizeBytes > 0 && state.sizeBytes + text.length > maxBytes) {
        await state.handle.close();
        await rename(path, `${path}.1`);
        state.handle = await open(path, 'a', 0o600);
        state.sizeBytes = 0;
        rotated = true;
      }
      await writeAll(state.handle, text, path);
      state.sizeBytes += text.length;
    },
    tail: async (lines) => {
      const recent = await lastBytes(path, rotated ? 0 : from, tailBytes);
      const missing = tailBytes - recent.length;
      const older = rotated && missing > 0 ? await lastBytes(`${path}.1`, 0, missing) : Buffer.alloc(0);
      return lastLines(Buffer.concat([older, recent]).toString('utf8'), lines);
    },
    close: () => state.handle.close(),
  };
}

async function writeAll(handle: FileHandle, text: Uint8Array, path: string): Promise<void> {
  try {
    await handle.appendFile(text);
  } catch (cause) {
    throw new StrataError({
      code: 'STRATA-E418',
      message: `cannot write the log ${path}`,
      fix: errnoOf(cause) === 'ENOSPC' ? 'free space on the disk of the run directory' : 'see the cause',
      cause,
    });
  }
}

async function lastBytes(path: string, from: number, limit: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(from, size - limit);
    const length = Math.max(0, size - start);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, start);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function lastLines(text: string, lines: number): string {
  return text.replace(/\n$/, '').split('\n').slice(-lines).join('\n');
}
