/**
 * Durations, sizes and rates as people write them: a number and a unit, never a bare number, because a forgotten
 * unit is the most expensive of the small mistakes.
 */
import { accepted, refused, type Parsed } from './parsed.ts';

const durationUnitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  µs: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

const sizeUnitsBytes: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/** For schemas; {@link parseDurationMs} also takes `us`, which only thresholds need. */
export const durationPattern = /^\d{1,9}(\.\d{1,6})?\s?(ms|s|m|h)$/;
export const sizePattern = /^\d{1,12}(\.\d{1,6})?\s?(B|KB|MB|GB|KiB|MiB|GiB)$/;

const quantityPattern = /^(\d{1,12}(?:\.\d{1,6})?)\s?([A-Za-zµ]*)$/;

/** Milliseconds, to a microsecond: `500ms`, `2s`, `1.5m`. */
export function parseDurationMs(text: string): Parsed<number> {
  const quantity = parseQuantity(
    text,
    durationUnitsMs,
    'duration',
    `${numberOf(text)}ms or ${numberOf(text)}s`,
  );
  return quantity.ok ? accepted(Math.round(quantity.value * 1000) / 1000) : quantity;
}

/** Whole bytes: `512MiB`, `2GiB`, `1.5GB`. */
export function parseBytes(text: string): Parsed<number> {
  const quantity = parseQuantity(text, sizeUnitsBytes, 'size', `${numberOf(text)}MiB`);
  return quantity.ok ? accepted(Math.round(quantity.value)) : quantity;
}

/** Events per second: `100/s`. */
export function parseRatePerS(text: string): Parsed<number> {
  const match = /^(\d{1,9}(?:\.\d{1,6})?)\s?\/\s?s$/.exec(text.trim());
  if (match !== null) return accepted(Number(match[1]));
  const bare = /^\d+(\.\d+)?$/.test(text.trim());
  return refused(
    bare ? `the unit is missing: ${text.trim()}/s?` : `${quote(text)} is not a rate such as 100/s`,
  );
}

export function formatDuration(ms: number): string {
  if (ms !== 0 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms !== 0 && ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}

/** Binary units with at most one decimal: `23.4 GiB`. */
export function formatBytes(bytes: number): string {
  for (const [unit, size] of [
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const) {
    if (bytes >= size) return `${Math.round((bytes / size) * 10) / 10} ${unit}`;
  }
  return `${bytes} B`;
}

/** In the largest binary unit that divides it, as {@link parseBytes} reads it: `1536MiB`. */
export function formatExactBytes(bytes: number): string {
  const unit = (['GiB', 'MiB', 'KiB'] as const).find((name) => bytes % (sizeUnitsBytes[name] ?? 1) === 0);
  return unit === undefined || bytes === 0 ? `${bytes}B` : `${bytes / (sizeUnitsBytes[unit] ?? 1)}${unit}`;
}

function parseQuantity(
  text: string,
  units: Readonly<Record<string, number>>,
  kind: string,
  example: string,
): Parsed<number> {
  const match = quantityPattern.exec(text.trim());
  const known = Object.keys(units).join(', ');
  if (match === null) return refused(`${quote(text)} is not a ${kind}: a number and one of ${known}`);
  const [, amount = '', unit = ''] = match;
  if (unit === '') return refused(`the unit is missing: ${example}?`);
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (factor === undefined)
    return refused(`${quote(unit)} is no unit of a ${kind}: ${known}${meant(amount, unit, units)}`);
  return accepted(Number(amount) * factor);
}

/** `M` may be the decimal or the binary unit: which one is the user's to say. */
function meant(amount: string, unit: string, units: Readonly<Record<string, number>>): string {
  const near = Object.keys(units).filter((name) => name.toLowerCase().startsWith(unit.toLowerCase()));
  return near.length === 0 ? '' : `; did you mean ${near.map((name) => amount + name).join(' or ')}?`;
}

function numberOf(text: string): string {
  return /^\d+(\.\d+)?/.exec(text.trim())?.[0] ?? '500';
}

/** User text inside a message, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text);
}
