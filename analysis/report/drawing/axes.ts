/** Scales, legend and what is common to all charts. */
import type { ChartOptions } from 'chart.js';
import { mostInLegend } from '../chart.ts';
import type { Theme } from './theme.ts';

/** Thousands apart, four digits at most. */
export function amount(value: number): string {
  return String(Number(value.toPrecision(4))).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
}

export function axis(theme: Theme, title: string) {
  return {
    title: { display: true, text: title, color: theme.text },
    ticks: { color: theme.quiet, callback: (value: number | string) => amount(Number(value)) },
    grid: { color: theme.line },
    border: { color: theme.line },
  };
}

interface Extent {
  readonly bottom: number;
  readonly top: number;
}

export function extent(values: readonly number[]): Extent {
  // Not Math.min(...values): there may be more than arguments allow.
  let [bottom, top] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < bottom) bottom = value;
    if (value > top) top = value;
  }
  return { bottom, top };
}

/** From zero, or on a ratio scale with room about the values. */
export function valueAxis(theme: Theme, title: string, logarithmic: boolean, values: readonly number[]) {
  const { bottom, top } = extent(values);
  if (!logarithmic)
    return { ...axis(theme, title), type: 'linear' as const, beginAtZero: true, suggestedMax: top * 1.05 };
  const base = axis(theme, title);
  return {
    ...base,
    type: 'logarithmic' as const,
    ...{ suggestedMin: bottom / 1.3, suggestedMax: top * 1.3 },
    ticks: { ...base.ticks, callback: logarithmicTick, maxTicksLimit: 12 },
  };
}

/** 1, 2, 3, 5 of each decade; the others only have their line. */
function logarithmicTick(value: number | string): string {
  const number = Number(value);
  const leading = number / 10 ** Math.floor(Math.log10(number) + 1e-9);
  return [1, 2, 3, 5].some((digit) => Math.abs(leading - digit) < 1e-6) ? amount(number) : '';
}

/** Many lines get no legend: pointing at one names it. */
export function frame(theme: Theme, seriesCount: number) {
  return {
    responsive: true,
    maintainAspectRatio: false,
    animation: false,
    color: theme.text,
    plugins: {
      legend: {
        display: seriesCount > 1 && seriesCount <= mostInLegend,
        position: 'bottom',
        labels: { color: theme.text, usePointStyle: true, boxHeight: 7, padding: 12 },
      },
    },
  } satisfies ChartOptions;
}
