/**
 * Faults as text: `kill-replica@2s`, `pause-replica@2s+3s`, `kill-store@1s`, `kill-database@2s+3s`. Times count from the
 * first measured request.
 */
import { faultKinds, type Fault } from '../foundation/cell.ts';
import { accepted, refused, type Parsed } from './parsed.ts';
import { formatDuration, parseDurationMs, quote } from './quantities.ts';

/** Whether what a fault does ends again, and so whether its text has a `+length`. */
const endings = {
  'kill-replica': 'never',
  'kill-store': 'never',
  'pause-replica': 'always',
  'kill-database': 'perhaps',
} as const satisfies Record<Fault['kind'], 'never' | 'always' | 'perhaps'>;

const duration = String.raw`\d{1,9}(\.\d{1,6})?\s?(ms|s|m|h)`;
const lengthPatterns = {
  never: '',
  always: String.raw`\+${duration}`,
  perhaps: String.raw`(\+${duration})?`,
};
export const faultPattern = new RegExp(
  `^(${faultKinds.map((kind) => `${kind}@${duration}${lengthPatterns[endings[kind]]}`).join('|')})$`,
);

export function parseFault(text: string): Parsed<Fault> {
  const match = /^([a-z-]+)@([^+]*)(?:\+(.*))?$/.exec(text);
  if (match === null) return refused(`${quote(text)} is not of the form kind@time, such as kill-replica@2s`);
  const [, name = '', at = '', length] = match;
  const kind = faultKinds.find((known) => known === name);
  if (kind === undefined) return refused(`there is no fault ${quote(name)}`);
  const atMs = parseDurationMs(at);
  if (!atMs.ok) return atMs;
  if (length !== undefined) return parseLength(kind, atMs.value, length);
  if (endings[kind] === 'always') return refused('a pause needs a length: pause-replica@2s+3s');
  return accepted({ kind, atMs: atMs.value });
}

function parseLength(kind: Fault['kind'], atMs: number, length: string): Parsed<Fault> {
  if (endings[kind] === 'never') return refused(`${kind} does not end: leave out +${length}`);
  const durationMs = parseDurationMs(length);
  if (!durationMs.ok) return durationMs;
  if (durationMs.value === 0)
    return refused(`${kind === 'pause-replica' ? 'a pause' : kind} of no length changes nothing`);
  return accepted({ kind, atMs, durationMs: durationMs.value });
}

export function formatFault(fault: Fault): string {
  const end = fault.durationMs === undefined ? '' : `+${formatDuration(fault.durationMs)}`;
  return `${fault.kind}@${formatDuration(fault.atMs)}${end}`;
}

/** One order for the same set of faults, so that equal cells have equal keys. */
export function inOrderOfTime(faults: readonly Fault[]): Fault[] {
  return [...faults].sort(
    (a, b) =>
      a.atMs - b.atMs || a.kind.localeCompare(b.kind, 'en') || (a.durationMs ?? 0) - (b.durationMs ?? 0),
  );
}

/** When what it struck is itself again; Infinity when never. */
export function faultEndMs({ kind, atMs, durationMs }: Fault): number {
  return endings[kind] === 'never' || durationMs === undefined ? Infinity : atMs + durationMs;
}
