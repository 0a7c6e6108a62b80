/** Points or curves on a clock, with what happened meanwhile: marks as lines, spans as bands. */
import type { ChartConfiguration, ChartDataset } from 'chart.js';
import type { Mark, Span, TimeChart } from '../chart.ts';
import { amount, axis, frame, valueAxis } from './axes.ts';
import { faded, strokeOf, type Theme } from './theme.ts';

/** More labels than these would cover the data; the lines stay, the table beside the chart names them. */
const mostLabels = 12;

export function timeConfig(chart: TimeChart, theme: Theme): ChartConfiguration {
  const { kind, series, xTitle, yTitle, logarithmic, marks, spans } = chart;
  const base = frame(theme, series.length);
  const values = series.flatMap(({ points }) => points.map(([, y]) => y));
  return {
    type: 'scatter',
    data: { datasets: series.map((one, index) => dataset(kind, one, index)) },
    options: {
      ...base,
      parsing: false,
      scales: {
        x: { ...axis(theme, xTitle), type: 'linear', min: 0 },
        y: valueAxis(theme, yTitle, logarithmic, values),
      },
      plugins: {
        ...base.plugins,
        tooltip: {
          callbacks: {
            label: ({ dataset: { label }, parsed: { x, y } }) =>
              `${label ?? ''}: ${amount(y ?? NaN)} at ${amount(x ?? NaN)}`,
          },
        },
        // Heeded on the page only, which has the plug-in.
        zoom: { zoom: { drag: { enabled: true }, mode: 'x' } },
        annotation: { annotations: [...spans.map((span) => band(span, theme)), ...lines(marks, theme)] },
      },
    },
  };
}

function dataset(
  kind: TimeChart['kind'],
  { name, points }: TimeChart['series'][number],
  index: number,
): ChartDataset {
  const { color, shape, dash } = strokeOf(index);
  const isScatter = kind === 'scatter';
  return {
    type: 'scatter',
    label: name,
    data: points.map(([x, y]) => ({ x, y })),
    borderColor: color,
    backgroundColor: isScatter ? faded(color, 0.45) : color,
    pointStyle: shape,
    pointRadius: isScatter ? (points.length > 300 ? 2 : 3) : 2.5,
    borderWidth: isScatter ? 0.75 : 2,
    borderDash: isScatter ? [] : dash,
    showLine: !isScatter,
  };
}

function lines(marks: readonly Mark[], theme: Theme): object[] {
  const kinds = [...new Set(marks.map(({ kind }) => kind))];
  return marks.map(({ x, kind }, index) => ({
    ...{ type: 'line', xMin: x, xMax: x, borderColor: theme.text, borderWidth: 1.5 },
    borderDash: [[5, 3], [2, 2], [8, 3, 2, 3], []][kinds.indexOf(kind) % 4] ?? [],
    label: {
      ...{ display: marks.length <= mostLabels, content: kind, position: 'start', rotation: -90, padding: 3 },
      // At the foot of its line; every other one higher, never lower: there the chart ends.
      ...{ xAdjust: 8, yAdjust: -(index % 2) * 70, font: { size: 10, weight: 'normal' } },
      ...{ backgroundColor: faded(theme.card, 0.85), color: theme.text },
    },
  }));
}

function band({ from, to, label }: Span, theme: Theme): object {
  return {
    ...{ type: 'box', xMin: from, xMax: to, borderWidth: 0, backgroundColor: faded(theme.quiet, 0.18) },
    drawTime: 'beforeDatasetsDraw',
    label: {
      ...{ display: true, content: label, color: theme.quiet, font: { size: 10, weight: 'normal' } },
      position: { x: 'center', y: 'start' },
    },
  };
}
