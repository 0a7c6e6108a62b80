/** Faults as text: `kill-replica@2s`, `pause-replica@2s+3s`, `kill-store@1s`. Times count from the first measured request. */
import { faultKinds, type Fault } from '../foundation/cell.ts';
import { accepted, refused, type Parsed } from './parsed.ts';
import { formatDuration, parseDurationMs, quote } from './quantities.ts';

const duration = String.raw`\d{1,9}(\.\d{1,6})?\s?(ms|s|m|h)`;
export const faultPattern = new RegExp(
  String.raw`^((kill-replica|kill-store)@${duration}|pause-replica@${duration}\+${duration})$`,
);

export function parseFault(text: string): Parsed<Fault> {
  const match = /^([a-z-]+)@([^+]*)(?:\+(.*))?$/.exec(text);
  if (match === null) return refused(`${quote(text)} is not of the form kind@time, such as kill-replica@2s`);
  const [, name = '', at = '', pause] = match;
  const kind = faultKinds.find((known) => known === name);
  if (kind === undefined) return refused(`there is no fault ${quote(name)}`);
  const atMs = parseDurationMs(at);
  if (!atMs.ok) return atMs;
  if (kind !== 'pause-replica') {
    return pause === undefined
      ? accepted({ kind, atMs: atMs.value })
      : refused(`${kind} does not end: leave out +${pause}`);
  }
  return parsePause(atMs.value, pause);
}

function parsePause(atMs: number, pause: string | undefined): Parsed<Fault> {
  if (pause === undefined) return refused('a pause needs a length: pause-replica@2s+3s');
  const durationMs = parseDurationMs(pause);
  if (!durationMs.ok) return durationMs;
  if (durationMs.value === 0) return refused('a pause of no length changes nothing');
  return accepted({ kind: 'pause-replica', atMs, durationMs: durationMs.value });
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
