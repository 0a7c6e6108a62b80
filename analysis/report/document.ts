/** What every page of strata shares: one HTML file that needs nothing else and lets nothing in, and the verdict on top. */
import { html, nothing, scriptMarkup, type Markup } from './html.ts';
import { pageStyle } from './page-style.ts';
import type { Verdict } from './report-model.ts';

const marks = { good: '✓', bad: '✗', unknown: '?' } as const;

/** @param script draws the charts; null for a page without any */
export function htmlDocument(title: string, content: Markup, script: string | null): string {
  // Nothing from outside, even if hostile text found a way into the page.
  const scripts = script === null ? '' : "script-src 'unsafe-inline'; ";
  const policy = `default-src 'none'; ${scripts}style-src 'unsafe-inline'; img-src data:`;
  const drawing = script === null ? nothing : { markup: `<script>${scriptMarkup(script).markup}</script>` };
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <link rel="icon" href="data:," />
        <title>${title} · strata</title>
        <style>
          ${{ markup: pageStyle }}
        </style>
      </head>
      <body>
        <main>${content}</main>
        ${drawing}
      </body>
    </html> `.markup;
}

export function verdictBanner(verdict: Verdict): Markup {
  return html`<section class="banner ${verdict.tone}" role="status">
    <strong>${marks[verdict.tone]} ${verdict.headline}</strong>
    ${verdict.sentences.map((sentence) => html`<p>${sentence}</p>`)}
  </section>`;
}
