/** Boxes: five numbers and a mean, drawn as they are; nothing is computed from samples here. */
import type { ChartConfiguration, TooltipItem } from 'chart.js';
import type { Box, BoxesChart } from '../chart.ts';
import { amount, axis, frame, valueAxis } from './axes.ts';
import { faded, strokeOf, type Theme } from './theme.ts';

export function boxConfig(
  { xLabels, xTitle, yTitle, logarithmic, series }: BoxesChart,
  theme: Theme,
): ChartConfiguration {
  const base = frame(theme, series.length);
  const ends = series.flatMap(({ boxes }) => boxes.flatMap(({ min, max }) => [min, max]));
  const datasets = series.map(({ name, boxes }, index) => {
    const { color } = strokeOf(index);
    return {
      label: name,
      data: xLabels.map((_, x) => drawnBox(boxes.find((box) => box.x === x))),
      ...{
        backgroundColor: faded(color, 0.35),
        borderColor: color,
        borderWidth: 1.5,
        medianColor: theme.text,
      },
      ...{
        meanBackgroundColor: theme.text,
        meanBorderColor: theme.text,
        meanRadius: 3,
        meanStyle: 'rectRot',
      },
      ...{ outlierRadius: 0, itemRadius: 0, maxBarThickness: 48 },
    };
  });
  const config = {
    type: 'boxplot',
    data: { labels: [...xLabels], datasets },
    options: {
      ...base,
      scales: {
        x: { ...axis(theme, xTitle), type: 'category', ticks: { color: theme.quiet } },
        y: valueAxis(theme, yTitle, logarithmic, ends),
      },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: boxText } } },
    },
  };
  // The plugin adds its type to chart.js for those who import it; this module only names it.
  return config as unknown as ChartConfiguration;
}

/** Not a number is not drawn; nothing at all would stand at the foot of the axis. */
const noBox: Omit<Box, 'x'> = { min: NaN, q1: NaN, median: NaN, q3: NaN, max: NaN, mean: NaN };

function drawnBox(box: Omit<Box, 'x'> = noBox) {
  return { ...box, whiskerMin: box.min, whiskerMax: box.max, items: [], outliers: [] };
}

function boxText({ dataset, raw }: TooltipItem<'bar'>): string {
  const { min, q1, median, q3, max, mean } = raw as Box;
  const numbers = [min, q1, median, q3, max].map(amount).join(' · ');
  return `${dataset.label ?? ''}: ${numbers}; mean ${amount(mean)}`;
}
