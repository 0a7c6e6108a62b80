/** Two runs compared, as one HTML file that needs nothing else; in the looks of a run's report. */
import type { ComparisonReport, ComparisonRow } from '../compare/comparison-report.ts';
import { forestFigure } from './compare-forest.ts';
import { htmlDocument, verdictBanner } from './document.ts';
import { html, nothing, type Markup } from './html.ts';
import { noValue, probability, ratioText } from './numbers.ts';

export function renderComparison(report: ComparisonReport): string {
  const { a, b } = report;
  const content = html`<h1>Two runs compared</h1>
    <p class="quiet">A: <span class="mono">${a.runId}</span>, ${a.title}, started ${a.startedAtIso}</p>
    <p class="quiet">B: <span class="mono">${b.runId}</span>, ${b.title}, started ${b.startedAtIso}</p>
    ${verdictBanner(report.verdict)} ${list('Unlike, and compared all the same', report.allowed)}
    <h2>B / A</h2>
    ${forestFigure(report.rows)} ${table(report.rows)} ${list('Only in A', report.onlyA)}
    ${list('Only in B', report.onlyB)} ${list('Noise', report.noise)} ${list('Keep in mind', report.remarks)}
    ${list('How to read this', methods)}`;
  return htmlDocument(`${a.runId} and ${b.runId} compared`, content, null);
}

const methods = [
  'The unit of inference is the trial. Ratios are those of geometric means over trials, with 95 % confidence intervals by Welch’s t on the logarithms.',
  '“Faster” and “slower” are differences whose p, corrected over the whole table by Benjamini and Hochberg, is below 0.05. “Same” is shown by two one-sided tests against ±5 %, corrected likewise; that no difference was found is no evidence of sameness and is called inconclusive.',
  'A regression is a loss proven to be larger than allowed (one-sided, on the logarithms and by Fieller, corrected by Holm); allowed is the threshold or, where that is larger, the noise floor of the machine.',
];

function list(title: string, texts: readonly string[]): Markup {
  if (texts.length === 0) return nothing;
  return html`<h2>${title}</h2>
    ${texts.map((text) => html`<p>${text}</p>`)}`;
}

function table(rows: readonly ComparisonRow[]): Markup {
  return html`<div class="scroll" tabindex="0">
    <table>
      <thead>
        <tr>
          <th>cell</th>
          <th>figure</th>
          <th class="number">trials A, B</th>
          <th class="number">ratio (95 % interval)</th>
          <th class="number">p</th>
          <th class="number">p corrected</th>
          <th class="number">Cliff’s δ</th>
          <th>verdict</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(tableRow)}
      </tbody>
    </table>
  </div>`;
}

function tableRow(row: ComparisonRow): Markup {
  const { cellLabel, metric, trials, ratio, ciLow, ciHigh, p, pAdjusted, cliffsDelta, words } = row;
  return html`<tr>
    <td>${cellLabel}</td>
    <td>${metric}</td>
    <td class="number">${trials.a}, ${trials.b}</td>
    <td class="number">${ratioText(ratio, ciLow, ciHigh)}</td>
    <td class="number">${probability(p)}</td>
    <td class="number">${probability(pAdjusted)}</td>
    <td class="number">${cliffsDelta === null ? noValue : cliffsDelta.toFixed(2)}</td>
    <td class="${toneOf(row)}">${words}</td>
  </tr>`;
}

function toneOf({ verdict, isRegression }: ComparisonRow): string {
  if (isRegression || verdict === 'slower') return 'bad';
  return verdict === 'faster' || verdict === 'same' ? 'good' : 'unknown';
}
