/**
 * Hears a guest die: QEMU writes the guest's console to a file, and this reads what is added to it. Non-goal: the
 * guest's health in general; a guest that hangs says nothing, and only a deadline finds that out.
 */
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { deferred } from '../../harness/foundation/deferred.ts';
import { errnoOf } from '../errno.ts';

export interface SerialLog extends Disposable {
  /** The first line that says the guest is lost. Pending for as long as there is none; never rejects. */
  readonly panicked: Promise<string>;
  /** The last lines so far; '' when nothing was said. */
  readonly tail: (lines: number) => Promise<string>;
}

/**
 * After these a guest does not come back. "soft lockup" and "workqueue lockup" are BUG lines too, but a processor
 * that gets too little time from a busy host says them and goes on.
 */
const deadly = /Kernel panic|double fault|\bBUG:(?!.*\block-?up\b)|\bOops\b|strata-init: cannot/;

const pollIntervalMs = 100;
const tailBytes = 64 * 1024;
const chunkBytes = 64 * 1024;
/** A line longer than this is cut, so that binary noise on a console cannot fill memory. */
const maxLineChars = 4 * 1024;

/** The line without its ending if it means the end of the guest, else null. */
export function deathNotice(line: string): string | null {
  return deadly.test(line) ? line.trim() : null;
}

/** Watches from the first byte on; the file may come later and is begun anew when it gets shorter. */
export function watchSerialLog(path: string, { signal }: { readonly signal: AbortSignal }): SerialLog {
  const panicked = deferred<string>();
  const disposed = new AbortController();
  void watch(path, AbortSignal.any([signal, disposed.signal])).then(
    (line) => line !== null && panicked.resolve(line),
  );
  return {
    panicked: panicked.promise,
    tail: (lines) => tail(path, lines),
    [Symbol.dispose]: () => disposed.abort(),
  };
}

interface Reader {
  offset: number;
  /** Begun and not ended yet. */
  partial: string;
}

/** The line; null when the watch was ended first. */
async function watch(path: string, signal: AbortSignal): Promise<string | null> {
  const reader: Reader = { offset: 0, partial: '' };
  while (!signal.aborted) {
    // A file that cannot be read for a moment is read the next time; what it holds is not lost.
    const line = await readOn(path, reader).catch(() => null);
    if (line !== null) return line;
    await sleep(pollIntervalMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
  return null;
}

async function readOn(path: string, reader: Reader): Promise<string | null> {
  const added = await withFile(path, async (file) => {
    const { size } = await file.stat();
    if (size < reader.offset) Object.assign(reader, { offset: 0, partial: '' });
    return readFrom(file, reader.offset, Math.min(size - reader.offset, chunkBytes));
  });
  if (added === null || added.length === 0) return deathNotice(reader.partial);
  reader.offset += added.length;
  const lines = (reader.partial + added.toString('latin1')).split('\n');
  reader.partial = (lines.pop() ?? '').slice(-maxLineChars);
  return lines.map(deathNotice).find((line) => line !== null) ?? null;
}

async function tail(path: string, lines: number): Promise<string> {
  const end = await withFile(path, async (file) => {
    const { size } = await file.stat();
    const from = Math.max(0, size - tailBytes);
    return readFrom(file, from, size - from);
  });
  const text = (end ?? Buffer.alloc(0)).toString('utf8').replaceAll('\r', '');
  return text.replace(/\n$/, '').split('\n').slice(-lines).join('\n');
}

/** null when there is no file. */
async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T | null> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  try {
    return file === null ? null : await work(file);
  } finally {
    await file?.close();
  }
}

async function readFrom(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
  return buffer.subarray(0, bytesRead);
}
