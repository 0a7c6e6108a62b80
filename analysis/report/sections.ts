/** The parts of the report's page that are words, each from the model to markup. */
import { html, nothing, type Markup } from './html.ts';
import type { FailureRow, ReportModel, Warning } from './report-model.ts';

export function measuredSection({ measured: sentences }: ReportModel): Markup {
  return html`<h2>What was measured</h2>
    ${sentences.map((sentence) => html`<p>${sentence}</p>`)}`;
}

export function failureSection({ failures }: ReportModel): Markup {
  if (failures.length === 0) return nothing;
  return html`<h2>Failed trials</h2>
    ${failures.map(failureItem)}`;
}

function failureItem(failure: FailureRow): Markup {
  return html`<div class="item bad">
    <h3>
      ${failure.trialId}, attempt ${failure.attempt}: ${failure.status} in phase
      ${failure.phase}${failure.isRecovered ? ' (a later attempt completed)' : ''}
    </h3>
    <p class="quiet">${failure.cellLabel}</p>
    <p><code>${failure.code}</code> ${failure.message}</p>
    ${failure.because.map((text) => html`<p class="quiet">because ${text}</p>`)}
    <p>Fix: ${failure.fix}</p>
    ${failure.log === null ? nothing : html`<p>Log: <code>${failure.log}</code></p>`}
  </div>`;
}

export function warningSection({ warnings }: ReportModel): Markup {
  if (warnings.length === 0) return nothing;
  const item = ({ code, message, advice }: Warning) =>
    html`<div class="item unknown">
      <p>${message} <code class="quiet">${code}</code></p>
      <p class="quiet">→ ${advice}</p>
    </div>`;
  return html`<h2>Warnings</h2>
    ${warnings.map(item)}`;
}

export function provenanceSection({ provenance }: ReportModel): Markup {
  return html`<h2>Provenance</h2>
    <dl>
      ${provenance.map(
        ([label, value]) =>
          html`<dt>${label}</dt>
            <dd class="mono">${value}</dd>`,
      )}
    </dl>`;
}

export function methodSection({ methods }: ReportModel): Markup {
  return html`<h2>How to read this</h2>
    ${methods.map((text) => html`<p>${text}</p>`)}`;
}
