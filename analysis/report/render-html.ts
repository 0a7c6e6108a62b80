/**
 * One run as one HTML file that needs nothing else: no network, no server, no other file. It shows the model and
 * computes nothing.
 */
import { htmlDocument } from './document.ts';
import { html } from './html.ts';
import { pageSections } from './page-sections.ts';
import type { ReportModel } from './report-model.ts';
import { sectionMarkup } from './section.ts';

/** @param script draws the charts; see `drawing/page-bundle.ts` */
export function renderHtml(model: ReportModel, script: string): string {
  const content = html`<h1>${model.title}</h1>
    <p class="quiet">
      run <span class="mono">${model.runId}</span>, started ${model.startedAtIso}, ${model.status}
    </p>
    ${pageSections.map((section) => sectionMarkup(section, model))}`;
  return htmlDocument(`${model.title} · ${model.runId}`, content, script);
}
