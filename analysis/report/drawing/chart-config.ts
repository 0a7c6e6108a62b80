/**
 * From a chart's data to what chart.js draws. Runs in the reader's browser and in the harness, which makes the PNGs:
 * the two cannot differ. Imports nothing that only one of them has.
 */
import type { ChartConfiguration } from 'chart.js';
import type { Chart } from '../chart.ts';
import { boxConfig } from './box-config.ts';
import { categoryConfig } from './category-config.ts';
import { percentileConfig } from './percentile-config.ts';
import type { Theme } from './theme.ts';
import { timeConfig } from './time-config.ts';

export function chartConfig(chart: Chart, theme: Theme): ChartConfiguration {
  switch (chart.kind) {
    case 'lines':
    case 'points':
    case 'bars':
      return categoryConfig(chart, theme);
    case 'boxes':
      return boxConfig(chart, theme);
    case 'scatter':
    case 'curves':
      return timeConfig(chart, theme);
    case 'percentiles':
      return percentileConfig(chart, theme);
  }
}
