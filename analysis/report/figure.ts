/** A chart on the page: heading, caption, canvas, its data for the script, and the same numbers as a table. */
import type { Chart } from './chart.ts';
import { chartTable } from './chart-table.ts';
import { html, jsonMarkup, type Markup } from './html.ts';

export function figure(chart: Chart): Markup {
  const { id, title, caption } = chart;
  return html`<figure id="figure-${id}">
    <h3>${title}</h3>
    <figcaption id="caption-${id}">${caption}</figcaption>
    <div class="canvas">
      <canvas
        id="chart-${id}"
        role="img"
        aria-label="${title}; its numbers are in the table below it"
        aria-describedby="caption-${id}"
      ></canvas>
    </div>
    ${chartTable(chart)}
    <script type="application/json" class="chart">
      ${jsonMarkup(chart)}
    </script>
  </figure>`;
}
