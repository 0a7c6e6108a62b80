/**
 * One run as one HTML file that needs nothing else: no network, no server, no other file. It shows the model and
 * computes nothing.
 */
import { html, scriptMarkup } from './html.ts';
import { pageSections } from './page-sections.ts';
import { pageStyle } from './page-style.ts';
import type { ReportModel } from './report-model.ts';
import { sectionMarkup } from './section.ts';

/** @param script draws the charts; see `drawing/page-bundle.ts` */
export function renderHtml(model: ReportModel, script: string): string {
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
          ${pageSections.map((section) => sectionMarkup(section, model))}
        </main>
        <script>
          ${scriptMarkup(script)};
        </script>
      </body>
    </html> `;
  return page.markup;
}
