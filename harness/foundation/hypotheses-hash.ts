/** The fingerprint by which a report knows that hypotheses are those that were there before the first trial. */
import { createHash } from 'node:crypto';
import type { Hypothesis } from './hypothesis.ts';

/** SHA-256 over the hypotheses in their order, whatever the order of their keys; lower-case hex. */
export function hypothesesHash(hypotheses: readonly Hypothesis[]): string {
  return createHash('sha256').update(canonical(hypotheses)).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
