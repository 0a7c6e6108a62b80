/** Lines, points or bars over categories, with whiskers and a line to read them against. */
import type { ChartConfiguration, ChartDataset, Scale } from 'chart.js';
import type { CategoryChart, Point, Series } from '../chart.ts';
import { amount, axis, frame, valueAxis } from './axes.ts';
import { strokeOf, type Theme } from './theme.ts';
import { whiskers } from './whiskers.ts';

const mostTicks = 24;

export function categoryConfig(chart: CategoryChart, theme: Theme): ChartConfiguration {
  const { kind, series, reference, xLabels, yTitle } = chart;
  const base = frame(theme, series.length);
  const ends = series.flatMap(({ points }) => points.flatMap(({ y, low, high }) => [low ?? y, high ?? y]));
  const values = reference === undefined ? ends : [...ends, reference.y];
  return {
    type: kind === 'bars' ? 'bar' : 'scatter',
    data: {
      labels: [...xLabels],
      datasets: series.map((one, index) => dataset(chart, one, index)),
    },
    options: {
      ...base,
      parsing: false,
      scales: { x: categoryAxis(chart, theme), y: valueAxis(theme, yTitle, chart.logarithmic, values) },
      plugins: {
        ...base.plugins,
        tooltip: { callbacks: { title: () => '', label: tooltipText } },
        annotation: { annotations: referenceLine(chart, theme) },
      },
    },
    plugins: [whiskers],
  };
}

function dataset(
  chart: CategoryChart,
  { name, points, isQuoted = false }: Series,
  index: number,
): ChartDataset {
  const { color, shape, dash } = strokeOf(index);
  const own = { label: name, borderColor: color, backgroundColor: isQuoted ? 'transparent' : color };
  if (chart.kind === 'bars') {
    const base = chart.reference === undefined ? {} : { base: chart.reference.y };
    return {
      ...own,
      ...base,
      type: 'bar',
      borderWidth: isQuoted ? 2 : 0,
      data: points.map((point) => ({ ...point })),
    };
  }
  const shift = chart.kind === 'lines' ? aside(index, chart.series.length) : 0;
  return {
    ...own,
    type: 'scatter',
    data: points.map((point) => ({ ...point, x: point.x + shift })),
    pointStyle: shape,
    borderDash: isQuoted ? [3, 4] : dash,
    pointRadius: points.length > 150 ? 3 : 5,
    borderWidth: 2,
    showLine: chart.kind === 'lines',
    clip: false,
  };
}

/** Side by side, so that the whiskers of one series do not hide those of another. */
function aside(index: number, count: number): number {
  return (index - (count - 1) / 2) * Math.min(0.04, 0.4 / count);
}

function categoryAxis({ kind, xLabels, xTitle }: CategoryChart, theme: Theme) {
  const base = axis(theme, xTitle);
  if (kind === 'bars') return { ...base, type: 'category' as const, ticks: { color: theme.quiet } };
  const step = Math.ceil(xLabels.length / mostTicks);
  return {
    ...base,
    type: 'linear' as const,
    min: -0.3,
    max: xLabels.length - 0.7,
    afterBuildTicks: (scale: Scale) => {
      scale.ticks = xLabels.map((_, value) => ({ value })).filter(({ value }) => value % step === 0);
    },
    ticks: {
      color: theme.quiet,
      autoSkip: false,
      callback: (value: number | string) => xLabels[Number(value)] ?? '',
    },
  };
}

function tooltipText({ raw }: { readonly raw: unknown }): string {
  const { note, y, low, high } = raw as Point;
  return `${note}: ${amount(y)}${low === null || high === null ? '' : ` [${amount(low)}, ${amount(high)}]`}`;
}

function referenceLine({ reference }: CategoryChart, theme: Theme) {
  if (reference === undefined) return {};
  const { y, label } = reference;
  return {
    reference: {
      ...{ type: 'line' as const, yMin: y, yMax: y, borderColor: theme.text, borderWidth: 2 },
      label: {
        ...{ display: true, content: label, position: 'end' as const, color: theme.paper, padding: 4 },
        ...{ backgroundColor: theme.text, font: { size: 11 } },
      },
    },
  };
}
