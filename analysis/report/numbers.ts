/**
 * Numbers as people read them: as many digits as they carry, thousands apart by a narrow no-break space, units
 * behind. Text and HTML use the same functions, so that they can never disagree.
 */

const thin = '\u202f';

/** Stands where there is no value; never a zero. */
export const noValue = '—';

/** An integer with its thousands set apart: `120 000`. */
export function grouped(value: number): string {
  return value.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/g, thin);
}

/** Three to four significant digits: 12 345, 123, 12.3, 1.23, 0.123, 0.0123. */
export function measured(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return noValue;
  if (value < 0) return `−${measured(-value)}`;
  if (value >= 99.95) return grouped(value);
  if (value >= 9.995) return value.toFixed(1);
  if (value >= 0.9995) return value.toFixed(2);
  if (value === 0) return '0';
  return value >= 0.0001 ? value.toPrecision(3) : value.toExponential(1);
}

/** An interval `12 001–12 700`, or nothing where there is none. Beside a minus a dash would mislead. */
export function interval(low: number | null, high: number | null): string {
  if (low === null || high === null) return '';
  return `${measured(low)}${low < 0 || high < 0 ? ' to ' : '–'}${measured(high)}`;
}

/** 850 ms, 12.3 s, 4 min 05 s, 1 h 12 min. */
export function duration(ms: number): string {
  if (ms < 995) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const padded = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${padded(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`;
}

/** 512 B, 1.2 kB, 3.4 MB, 24 GB: powers of 1000, as disks and networks are sold. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = count;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size < 9.95 && unit > 0 ? size.toFixed(1) : size.toFixed(0)} ${units[unit] ?? 'B'}`;
}

/** `1 trial`, `3 trials`; the count is set like every other number. */
export function counted(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A probability: three digits, never a bare 0. */
export function probability(p: number | null): string {
  if (p === null) return noValue;
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

/** How far a ratio lies from 1, as a share: 1.031 and 1/1.031 are both `3.1 %`. */
export function distance(ratio: number): string {
  return `${(100 * (Math.max(ratio, 1 / ratio) - 1)).toFixed(1)} %`;
}

/** `0.972 (0.95–0.99)`: three decimals, because the interesting ones differ from 1 in the second. */
export function ratioText(ratio: number | null, low: number | null, high: number | null): string {
  if (ratio === null) return noValue;
  const range = low === null || high === null ? '' : ` (${low.toFixed(3)}–${high.toFixed(3)})`;
  return `${ratio.toFixed(3)}${range}`;
}
