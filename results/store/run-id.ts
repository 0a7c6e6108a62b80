/** Names of runs: they sort by time, and carry enough chance that two runs of the same second differ. */
import { randomBytes } from 'node:crypto';

/** Crockford's alphabet: no letter that can be misread, safe in names of files, containers and links. */
const base32 = '0123456789abcdefghjkmnpqrstvwxyz';

export const runIdPattern = /^\d{8}-\d{6}-[0-9a-hjkmnp-tv-z]{4}$/;

/** `YYYYMMDD-HHMMSS-xxxx` in UTC. One pair of runs in a million of the same second meets; createRunDir refuses it. */
export function newRunId(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split(/[T.]/);
  const chance = Array.from(randomBytes(4), (byte) => base32[byte % base32.length]).join('');
  return `${date.replaceAll('-', '')}-${time.replaceAll(':', '')}-${chance}`;
}
