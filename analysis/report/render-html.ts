/**
 * One run as one HTML file that needs nothing else: no network, no server, no other file. It shows the model and
 * computes nothing.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { chartsOf, type Chart } from './charts.ts';
import { html, jsonMarkup, nothing, scriptMarkup, type Markup } from './html.ts';
import { measured } from './numbers.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';
import type { ReportModel } from './report-model.ts';
import {
  banner,
  failureSection,
  measuredSection,
  methodSection,
  provenanceSection,
  warningSection,
} from './sections.ts';
import { cellSection, thresholdSection, trialTable } from './tables.ts';

/** chart.js as it is installed, in the form that browsers run as it is. */
export async function readChartLibrary(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('chart.js');
  const source = await readFile(join(dirname(entry), 'chart.umd.min.js'), 'utf8');
  return source.replace(/^\/\/# sourceMappingURL=.*$/m, '');
}

/** @param chartLibrary - what {@link readChartLibrary} gives. */
export function renderHtml(model: ReportModel, chartLibrary: string): string {
  const charts = chartsOf(model);
  // Nothing from outside, even if hostile text found a way into the page.
  const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:";
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <link rel="icon" href="data:," />
        <title>${model.title} · ${model.runId} · strata</title>
        <style>
          ${{ markup: pageStyle }}
        </style>
      </head>
      <body>
        <main>
          <h1>${model.title}</h1>
          <p class="quiet">
            run <span class="mono">${model.runId}</span>, started ${model.startedAtIso}, ${model.status}
          </p>
          ${banner(model)} ${thresholdSection(model)} ${measuredSection(model)} ${cellSection(model)}
          ${chartSection(charts)} ${trialTable(model.trials)} ${failureSection(model)}
          ${warningSection(model)} ${provenanceSection(model)} ${methodSection(model)}
        </main>
        <script type="application/json" id="charts">
          ${jsonMarkup(charts)}
        </script>
        <script>
          ${scriptMarkup(chartLibrary)};
        </script>
        <script>
          ${scriptMarkup(pageScript)};
        </script>
      </body>
    </html> `;
  return page.markup;
}

function chartSection(charts: readonly Chart[]): Markup {
  return charts.length === 0
    ? nothing
    : html`<h2>Charts</h2>
        <div class="charts">${charts.map(figure)}</div>`;
}

function figure(chart: Chart): Markup {
  return html`<figure>
    <h3>${chart.title}</h3>
    <figcaption>${chart.caption}</figcaption>
    <div class="canvas">
      <canvas
        id="chart-${chart.id}"
        role="img"
        aria-label="${chart.title}; the same numbers are in the table below it"
      ></canvas>
    </div>
    ${chart.id === 'trials' ? nothing : chartTable(chart)}
  </figure>`;
}

/** The chart's own numbers: series down, x across. */
function chartTable({ xTitle, xLabels, series }: Chart): Markup {
  const value = (points: Chart['series'][number]['points'], x: number) =>
    measured(points.find((point) => point.x === x)?.y ?? null);
  return html`<details>
    <summary>the numbers of this chart</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>${xTitle}</th>
            ${xLabels.map((label) => html`<th class="number">${label}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${series.map(
            ({ name, points }) =>
              html`<tr>
                <td>${name}</td>
                ${xLabels.map((_, x) => html`<td class="number">${value(points, x)}</td>`)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
