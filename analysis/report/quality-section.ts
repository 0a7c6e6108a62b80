/** What the page says of the trials themselves: were they steady, was the load what was asked for, what disturbed them. */
import { html, nothing, type Markup } from './html.ts';
import { duration, interval, measured, noValue } from './numbers.ts';
import type { ReportModel } from './report-model.ts';

export interface QualityModel {
  /** Final attempts that have samples, in the order they were run. */
  readonly trials: readonly QualityRow[];
  /** What must hold for a trial to enter a verdict. */
  readonly rules: readonly string[];
}

export interface QualityRow {
  readonly trialId: string;
  readonly cellLabel: string;
  /** `flat`, `warm-up until 3.1 s` …; why there is no judgement in brackets. */
  readonly steadyState: string;
  readonly isSteady: boolean;
  /** Resemblance of neighbouring buckets; null when it cannot be estimated. */
  readonly lag1: number | null;
  /** Buckets and how many independent ones they are worth. */
  readonly buckets: number;
  readonly effectiveBuckets: number | null;
  readonly latencyMeanMs: { readonly mean: number; readonly low: number; readonly high: number } | null;
  /** Closed loop only. */
  readonly clients: number | null;
  readonly inFlight: number | null;
  readonly eventLoopUtilization: number | null;
  readonly gcMaxMs: number | null;
  readonly silenceMs: number | null;
  /** Rules that it broke, and what disturbed it. */
  readonly remarks: readonly string[];
}

export function qualitySection({ quality: { trials, rules } }: ReportModel): Markup {
  if (trials.length === 0) return nothing;
  const remarkable = trials.filter(({ isSteady, remarks }) => !isSteady || remarks.length > 0);
  return html`<h2>Quality of each trial</h2>
    <p>
      ${trials.length - remarkable.length} of ${trials.length} trials were steady and undisturbed. A trial
      that was not steady stays in every figure; one that breaks a rule is left out of every figure and shown.
    </p>
    ${
      remarkable.length === 0 || remarkable.length === trials.length
        ? nothing
        : qualityTable('remarkable', remarkable)
    }
    <details>
      <summary>every trial</summary>
      ${qualityTable('quality', trials)}
    </details>
    <details>
      <summary>the rules, set before the first trial</summary>
      <ul>
        ${rules.map((rule) => html`<li>${rule}</li>`)}
      </ul>
    </details>`;
}

function qualityTable(id: string, rows: readonly QualityRow[]): Markup {
  return html`<div class="scroll" tabindex="0">
    <table id="${id}" class="dense">
      <thead>
        <tr>
          <th>trial</th>
          <th>cell</th>
          <th>steady state</th>
          <th class="number">mean latency ms</th>
          <th class="number">autocorrelation</th>
          <th class="number">in flight</th>
          <th class="number">generator busy</th>
          <th class="number">longest pause for GC</th>
          <th class="number">longest silence</th>
          <th>remarks</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(qualityRow)}
      </tbody>
      <caption>
        Steady state: change points of throughput (open loop: of latency) over buckets of time. Beneath the
        mean latency how well the trial knows its own mean (95 %, circular-block bootstrap); it says nothing
        of the next trial. Autocorrelation of neighbouring buckets, and how many independent ones they are
        worth. In flight: requests under way on average, of as many clients.
      </caption>
    </table>
  </div>`;
}

function qualityRow(row: QualityRow): Markup {
  const mean = row.latencyMeanMs;
  const worth = row.effectiveBuckets === null ? '' : `${row.buckets} worth ${measured(row.effectiveBuckets)}`;
  return html`<tr>
    <td class="trial mono">${row.trialId}</td>
    <td>${row.cellLabel}</td>
    <td>${row.isSteady ? row.steadyState : html`<span class="unknown">${row.steadyState}</span>`}</td>
    <td class="number">
      ${measured(mean?.mean ?? null)}${mean === null ? nothing : html`<small>${interval(mean.low, mean.high)}</small>`}
    </td>
    <td class="number">${measured(row.lag1)}${worth === '' ? nothing : html`<small>${worth}</small>`}</td>
    <td class="number">
      ${row.inFlight === null ? noValue : `${measured(row.inFlight)} of ${row.clients ?? 0}`}
    </td>
    <td class="number">
      ${row.eventLoopUtilization === null ? noValue : `${measured(100 * row.eventLoopUtilization)} %`}
    </td>
    <td class="number">${row.gcMaxMs === null ? noValue : duration(row.gcMaxMs)}</td>
    <td class="number">${row.silenceMs === null ? noValue : duration(row.silenceMs)}</td>
    <td>${row.remarks.map((remark) => html`<small>${remark}</small>`)}</td>
  </tr>`;
}
