/**
 * The script inside the report: draws each figure's chart from the JSON beside it, follows light and dark, and prints
 * in light. Runs in the reader's browser, whose types are not those of this project: what it uses of them stands here.
 */
import { Chart as Drawn, type Plugin } from 'chart.js';
import zoom from 'chartjs-plugin-zoom';
import type { Chart } from '../chart.ts';
import { chartConfig } from './chart-config.ts';
import { registerComponents } from './components.ts';
import { dark, light, type Theme } from './theme.ts';

interface Element {
  readonly id: string;
  readonly textContent: string;
  readonly dataset: Record<string, string>;
}
interface Chooser extends Element {
  readonly selectedIndex: number;
  addEventListener(event: 'change', listener: () => void): void;
}
interface Variant extends Element {
  hidden: boolean;
}
/** Double click shows all again after a part was dragged out. */
interface Canvas extends Element {
  addEventListener(event: 'dblclick', listener: () => void): void;
}
interface Page {
  readonly documentElement: Element;
  getElementById(id: string): never;
  querySelectorAll<Found extends Element>(selector: string): Iterable<Found>;
}
interface ColorScheme {
  readonly matches: boolean;
  addEventListener(event: 'change', listener: () => void): void;
}
declare const document: Page;
declare function matchMedia(query: string): ColorScheme;
declare function addEventListener(event: 'beforeprint' | 'afterprint', listener: () => void): void;

registerComponents();
// Its types are those of its CommonJS form; the bundle takes the other one, whose default is the plug-in.
Drawn.register(zoom as unknown as Plugin);
const scheme = matchMedia('(prefers-color-scheme: dark)');
const charts = [...document.querySelectorAll<Element>('script.chart')].map(
  ({ textContent }) => JSON.parse(textContent) as Chart,
);
const drawn: Drawn[] = [];

function draw(theme: Theme): void {
  for (const old of drawn.splice(0)) old.destroy();
  for (const chart of charts)
    drawn.push(new Drawn(document.getElementById(`chart-${chart.id}`), chartConfig(chart, theme)));
  document.documentElement.dataset['charts'] = String(drawn.length);
}

function drawAsShown(): void {
  draw(scheme.matches ? dark : light);
}

for (const chooser of document.querySelectorAll<Chooser>('select[data-variants]')) {
  const variants = [
    ...document.querySelectorAll<Variant>(`[data-variant="${chooser.dataset['variants'] ?? ''}"]`),
  ];
  const show = () => {
    variants.forEach((variant, index) => (variant.hidden = index !== chooser.selectedIndex));
  };
  chooser.addEventListener('change', show);
  show(); // A reloaded page may come with another choice than its first.
}
for (const canvas of document.querySelectorAll<Canvas>('canvas'))
  canvas.addEventListener('dblclick', () => Drawn.getChart(canvas.id)?.resetZoom());
drawAsShown();
scheme.addEventListener('change', drawAsShown);
addEventListener('beforeprint', () => draw(light));
addEventListener('afterprint', drawAsShown);
