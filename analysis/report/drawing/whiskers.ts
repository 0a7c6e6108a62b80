/** Draws the interval of each point that has one. (An estimate and its interval are one thing: no dataset of its own.) */
import type { Chart as DrawnChart, Plugin } from 'chart.js';

/** What is used of a canvas: its own types are those of browsers. */
interface Pen {
  lineWidth: number;
  strokeStyle: string;
  save(): void;
  restore(): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  stroke(): void;
}

interface WithInterval {
  readonly low?: number | null;
  readonly high?: number | null;
}

export const whiskers: Plugin = {
  id: 'whiskers',
  afterDatasetsDraw(chart) {
    chart.data.datasets.forEach((dataset, index) => {
      if (chart.isDatasetVisible(index)) drawAll(chart, index, dataset.data as readonly WithInterval[]);
    });
  },
};

function drawAll(chart: DrawnChart, index: number, points: readonly WithInterval[]): void {
  const context = chart.ctx as Pen;
  const { data: elements, controller } = chart.getDatasetMeta(index);
  const y = chart.scales['y'];
  if (y === undefined) return;
  context.save();
  context.lineWidth = 1.5;
  context.strokeStyle = whiskerColor(controller.getStyle(index, false), chart);
  points.forEach(({ low, high }, at) => {
    const x = elements[at]?.x;
    if (x === undefined || low === null || high === null || low === undefined || high === undefined) return;
    const [from, to] = [y.getPixelForValue(low), y.getPixelForValue(high)];
    context.beginPath();
    for (const end of [from, to]) {
      context.moveTo(x - 4, end);
      context.lineTo(x + 4, end);
    }
    context.moveTo(x, from);
    context.lineTo(x, to);
    context.stroke();
  });
  context.restore();
}

/** On a bar its own colour would not be seen. */
function whiskerColor(style: { readonly borderColor?: unknown }, chart: DrawnChart): string {
  const isBar = 'type' in chart.config && chart.config.type === 'bar';
  if (isBar) return String(chart.options.color);
  return typeof style.borderColor === 'string' ? style.borderColor : '#888888';
}
