/** What an A/A run found between two copies of the same cell, where there is nothing to find. */
import { html, nothing, type Markup } from './html.ts';
import { distance, noValue, probability, ratioText } from './numbers.ts';
import type { CalibrationRow, ReportModel } from './report-model.ts';

export function calibrationSection({ calibration }: ReportModel): Markup {
  if (calibration === undefined) return nothing;
  return html`<h2>A/A: the harness against itself</h2>
    ${calibration.sentences.map((sentence) => html`<p>${sentence}</p>`)}
    <div class="scroll" tabindex="0">
      <table>
        <thead>
          <tr>
            <th>cell</th>
            <th>figure</th>
            <th class="number">blocks</th>
            <th class="number">b / a (95 % interval)</th>
            <th class="number">p</th>
            <th class="number">splits rejected</th>
            <th class="number">noise floor</th>
          </tr>
        </thead>
        <tbody>
          ${calibration.rows.map(row)}
        </tbody>
      </table>
    </div>`;
}

function row({
  cellLabel,
  metric,
  pairs,
  ratio,
  p,
  rejectedShare,
  floorRatio,
  remark,
}: CalibrationRow): Markup {
  return html`<tr>
    <td>${cellLabel}${remark === '' ? nothing : html`<small>${remark}</small>`}</td>
    <td>${metric}</td>
    <td class="number">${pairs}</td>
    <td class="number">${ratio === null ? noValue : ratioText(ratio.mean, ratio.ciLow, ratio.ciHigh)}</td>
    <td class="number">${probability(p)}</td>
    <td class="number">${shareText(rejectedShare)}</td>
    <td class="number">${floorRatio === null ? noValue : distance(floorRatio)}</td>
  </tr>`;
}

export function shareText(share: number | null): string {
  return share === null ? noValue : `${(100 * share).toFixed(1)} %`;
}
