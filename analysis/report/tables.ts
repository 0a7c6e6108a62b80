/** The tables of figures: thresholds, cells, trials. The same numbers as in the text summary and the charts. */
import type { Estimate } from '../../results/export/summary.ts';
import { commonFactor, factorNames, isVarying, mainFactors } from './cell-label.ts';
import { html, nothing, type Markup } from './html.ts';
import { interval, measured, noValue } from './numbers.ts';
import { workWords } from './work-words.ts';
import type { CellRow, ReportModel, ThresholdRow } from './report-model.ts';

const outcomes = {
  pass: html`<span class="good">✓ pass</span>`,
  fail: html`<span class="bad">✗ fail</span>`,
  unknown: html`<span class="unknown">? unknown, counted as failed</span>`,
};

/** What did not pass stands open; what passed can be unfolded. */
export function thresholdSection({ thresholds }: ReportModel): Markup {
  if (thresholds.length === 0) return nothing;
  const bad = thresholds.filter(({ outcome }) => outcome !== 'pass');
  const passed = thresholds.filter(({ outcome }) => outcome === 'pass');
  const isShort = thresholds.length <= 8;
  return html`<h2>Thresholds</h2>
    ${isShort ? thresholdTable(thresholds) : bad.length > 0 ? thresholdTable(bad) : nothing}
    ${
      isShort || passed.length === 0
        ? nothing
        : html`<details>
            <summary>${passed.length} passed</summary>
            ${thresholdTable(passed)}
          </details>`
    }`;
}

function thresholdTable(rows: readonly ThresholdRow[]): Markup {
  return html`<div class="scroll" tabindex="0">
    <table class="thresholds">
      <thead>
        <tr>
          <th>threshold</th>
          <th>outcome</th>
          <th class="number">measured</th>
          <th>cell</th>
          <th>remark</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(thresholdRow)}
      </tbody>
    </table>
  </div>`;
}

function thresholdRow(row: ThresholdRow): Markup {
  return html`<tr>
    <td class="mono">${row.text}</td>
    <td>${outcomes[row.outcome]}</td>
    ${estimateCell(row.estimate, row.unit === 'ms' ? ' ms' : '/s')}
    <td>${row.cellLabel}</td>
    <td>${row.remark}</td>
  </tr>`;
}

const latencies = ['mean', 'p50', 'p95', 'p99', 'max'] as const;

export function cellSection({ cells }: ReportModel): Markup {
  if (cells.length === 0)
    return html`<h2>Cells</h2>
      <p>No cell was measured.</p>`;
  const names = factorNames(cells);
  const words = workWords(cells);
  const shown = names.filter((name) => alwaysShown.has(name) || isVarying(cells, name));
  const common = names.filter((name) => !shown.includes(name));
  return html`<h2>Cells</h2>
    <div class="scroll" tabindex="0">
      <table id="cells">
        <thead>
          <tr>
            ${shown.map((name) => html`<th>${name}</th>`)}
            <th class="number">${words.rate}</th>
            ${latencies.map((name) => html`<th class="number">${name} ms</th>`)}
            <th>correct</th>
            <th>trials</th>
          </tr>
        </thead>
        <tbody>
          ${cells.map((cell) => cellRow(cell, shown))}
        </tbody>
        <caption>
          Geometric means over trials (max: the largest of all), times as ${words.time}; beneath each the 95 %
          confidence interval of that mean, where there are enough trials. The same in all cells:
          ${common.map((name) => `${name} ${commonFactor(cells, name)}`).join('; ')}.
        </caption>
      </table>
    </div>`;
}

const alwaysShown: ReadonlySet<string> = new Set(mainFactors);

function cellRow(cell: CellRow, shown: readonly string[]): Markup {
  const { metrics, trials } = cell;
  return html`<tr data-cell="${cell.key}">
    ${shown.map((name) => html`<td>${cell.factors.get(name) ?? noValue}</td>`)}
    ${estimateCell(metrics?.throughputPerS ?? null)}
    ${latencies.map((name) => estimateCell(metrics?.latencyMs[name] ?? null))}
    <td>${correctness(cell.correct)}${cell.statements.map((text) => html`<small>${text}</small>`)}</td>
    <td>
      ${trials.completed} of
      ${trials.planned}${lost('failed', trials.failed)}${lost('aborted', trials.aborted)}${lost(
        'invalid',
        trials.invalid,
      )}
    </td>
  </tr>`;
}

function lost(word: string, count: number): Markup {
  return count === 0 ? nothing : html`<small class="bad">${count} ${word}</small>`;
}

function correctness(correct: boolean | null): Markup {
  if (correct === null) return html`<span class="unknown">unknown</span>`;
  return correct ? html`<span class="good">yes</span>` : html`<strong class="bad">NO</strong>`;
}

function estimateCell(estimate: Estimate | null, unit = ''): Markup {
  if (estimate === null) return html`<td class="number">${noValue}</td>`;
  const range = interval(estimate.ciLow, estimate.ciHigh);
  return html`<td class="number">
    ${measured(estimate.mean)}${unit}${range === '' ? nothing : html`<small>${range}</small>`}
  </td>`;
}

export function trialTable({ trials, cells }: ReportModel): Markup {
  return html`<details>
    <summary>every trial in the order it was run</summary>
    <div class="scroll" tabindex="0">
      <table id="trials">
        <thead>
          <tr>
            <th>trial</th>
            <th>cell</th>
            <th>status</th>
            <th>correct</th>
            <th class="number">${workWords(cells).rate}</th>
            <th class="number">p50 ms</th>
            <th class="number">p99 ms</th>
          </tr>
        </thead>
        <tbody>
          ${trials.map(
            (trial) =>
              html`<tr>
                <td class="trial mono">${trial.trialId}</td>
                <td>${trial.cellLabel}</td>
                <td>
                  ${trial.status}${trial.invalid.map((reason) => html`<small class="bad">invalid: ${reason}</small>`)}
                </td>
                <td>${correctness(trial.correct)}</td>
                <td class="number">${measured(trial.throughputPerS)}</td>
                <td class="number">${measured(trial.p50Ms)}</td>
                <td class="number">${measured(trial.p99Ms)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}
