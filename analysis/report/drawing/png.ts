/** The charts of the page as PNG files: the same data and the same builder, drawn on a canvas without a browser. */
import { createCanvas } from '@napi-rs/canvas';
import { Chart as Drawn, type ChartItem, type Plugin } from 'chart.js';
import type { Chart } from '../chart.ts';
import { chartConfig } from './chart-config.ts';
import { registerComponents } from './components.ts';
import { light } from './theme.ts';

const size = { width: 960, height: 560 };
const pixelRatio = 1.5;

/** Without it the picture is transparent, and unreadable on a dark page. */
const paper: Plugin = {
  id: 'paper',
  beforeDraw({ ctx, width, height }) {
    const pen = ctx as {
      fillStyle: string;
      fillRect(x: number, y: number, width: number, height: number): void;
    };
    pen.fillStyle = light.paper;
    pen.fillRect(0, 0, width, height);
  },
};

/** In light colours, with the title in the picture. */
export async function chartPng(chart: Chart): Promise<Uint8Array> {
  registerComponents();
  const canvas = createCanvas(size.width, size.height);
  const { options, plugins = [], ...config } = chartConfig(chart, light);
  const title = {
    display: true,
    text: [chart.title, chart.variant?.choice ?? ''].filter((text) => text !== ''),
    color: light.text,
  };
  const drawn = new Drawn(canvas as ChartItem, {
    ...config,
    options: {
      ...options,
      ...{ responsive: false, devicePixelRatio: pixelRatio, layout: { padding: 16 } },
      plugins: { ...options?.plugins, title: { ...title, font: { size: 15 } } },
    },
    plugins: [...plugins, paper],
  });
  try {
    return await canvas.encode('png');
  } finally {
    drawn.destroy();
  }
}
