/**
 * Records one a line, in a file that only grows. A kill in mid-append leaves a line without its end: that one is
 * dropped and named. Anything else that does not read is damage, and refused with its place.
 */
import type { z } from 'zod';
import { asError, StrataError } from '../../harness/foundation/errors.ts';

export interface Lines<T> {
  readonly records: readonly T[];
  /** Bytes of the file that hold whole lines; what follows was torn by a kill. */
  readonly wholeBytes: number;
  readonly tornBytes: number;
}

const newline = 0x0a;

/**
 * Pure. `path` is for messages only.
 *
 * @throws StrataError E263 naming file and line
 */
export function parseLines<T>(content: Uint8Array, schema: z.ZodType<T>, path: string): Lines<T> {
  const wholeBytes = content.lastIndexOf(newline) + 1;
  const text = new TextDecoder('utf-8').decode(content.subarray(0, wholeBytes));
  const lines = text.split('\n').slice(0, -1);
  const records = lines.map((line, index) => parseLine(line, schema, `${path}:${index + 1}`));
  return { records, wholeBytes, tornBytes: content.byteLength - wholeBytes };
}

function parseLine<T>(line: string, schema: z.ZodType<T>, place: string): T {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw damaged(place, asError(error).message, error);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw damaged(place, firstIssue(parsed.error), parsed.error);
}

function damaged(place: string, what: string, cause: unknown): StrataError {
  return new StrataError({
    code: 'STRATA-E263',
    message: `${place} is damaged: ${what}`,
    fix: 'restore the file from a backup, or remove that line: its trial then counts as missing and --resume repeats it',
    cause,
  });
}

/** "cell.replicas: expected number, got string" of the first thing wrong. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  if (issue === undefined) return error.message;
  const where = issue.path.map(String).join('.');
  return where === '' ? issue.message : `${where}: ${issue.message}`;
}
