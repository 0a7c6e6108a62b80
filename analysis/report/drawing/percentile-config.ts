/** Quantiles over a log-odds axis: x = ln(p / (1 − p)), so that both tails can be read. */
import type { ChartConfiguration, Scale } from 'chart.js';
import type { PercentilesChart, QuantilePoint } from '../chart.ts';
import { amount, axis, frame, valueAxis } from './axes.ts';
import { strokeOf, type Theme } from './theme.ts';
import { whiskers } from './whiskers.ts';

const tickProbabilities = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999, 0.99999];

export function logOdds(probability: number): number {
  return Math.log(probability / (1 - probability));
}

function probabilityAt(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function percentileConfig(
  { series, xTitle, yTitle, logarithmic }: PercentilesChart,
  theme: Theme,
): ChartConfiguration {
  const base = frame(theme, series.length);
  const ends = series.flatMap(({ points }) => points.flatMap(({ y, low, high }) => [low ?? y, high ?? y]));
  return {
    type: 'scatter',
    data: {
      datasets: series.map(({ name, points }, index) => {
        const { color, shape, dash } = strokeOf(index);
        return {
          ...{
            type: 'scatter',
            label: name,
            data: points.map((point) => ({ ...point, x: logOdds(point.probability) })),
          },
          ...{ borderColor: color, backgroundColor: color, pointStyle: shape, borderDash: dash },
          ...{ pointRadius: 4, borderWidth: 2, showLine: true, clip: false },
        };
      }),
    },
    options: {
      ...base,
      parsing: false,
      scales: {
        x: { ...axis(theme, xTitle), type: 'linear', ...ticks(theme) },
        y: valueAxis(theme, yTitle, logarithmic, ends),
      },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: tooltipText } } },
    },
    plugins: [whiskers],
  };
}

function ticks(theme: Theme) {
  return {
    afterBuildTicks: (scale: Scale) => {
      scale.ticks = tickProbabilities
        .map((probability) => ({ value: logOdds(probability) }))
        .filter(({ value }) => value >= scale.min && value <= scale.max);
    },
    ticks: {
      color: theme.quiet,
      autoSkip: false,
      callback: (value: number | string) => percent(probabilityAt(Number(value))),
    },
  };
}

function percent(probability: number): string {
  return String(Number((probability * 100).toPrecision(7)));
}

interface Hovered {
  readonly dataset: { readonly label?: string | undefined };
  readonly raw: unknown;
}

function tooltipText({ dataset, raw }: Hovered): string {
  const { probability, y, low, high } = raw as QuantilePoint;
  const range = low === null || high === null ? '' : ` [${amount(low)}, ${amount(high)}]`;
  return `${dataset.label ?? ''}: p${percent(probability)} ${amount(y)}${range}`;
}
