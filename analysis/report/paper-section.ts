/** A paper beside the run: conditions first, then verdicts, then each table of the paper with our figures. */
import { notMeasured, type PaperComparison, type PaperTable, type VerdictRow } from '../papers/comparison.ts';
import type { PaperRow } from '../../results/export/paper-csv.ts';
import { html, nothing, type Markup } from './html.ts';
import { interval, measured, noValue } from './numbers.ts';
import type { ChartSection } from './section.ts';

export const paperSection: ChartSection = {
  title: 'Paper against measured',
  introduction: ({ papers }) => (papers.length === 0 ? nothing : html`${papers.map(introduced)}`),
  charts: ({ papers }) => papers.flatMap(({ charts }) => charts),
  closing: ({ papers }) => (papers.length === 0 ? nothing : html`${papers.map(compared)}`),
};

function introduced(paper: PaperComparison): Markup {
  return html`<h3>Paper ${paper.paper}</h3>
    <p>${paper.title} (${paper.authors}). ${paper.because} The rows of all tables are in paper.csv.</p>
    ${conditionTable(paper)} ${paper.verdicts.length === 0 ? nothing : verdictTable(paper.verdicts)}`;
}

function compared({ tables }: PaperComparison): Markup {
  return html`${tables.map(paperTable)}`;
}

function conditionTable({ paper, conditions }: PaperComparison): Markup {
  return html`<h3>Other conditions, other figures</h3>
    <div class="scroll" tabindex="0">
      <table id="conditions-${paper}">
        <thead>
          <tr>
            <th></th>
            <th>paper</th>
            <th>this run</th>
            <th>read at</th>
          </tr>
        </thead>
        <tbody>
          ${conditions.map(
            (condition) =>
              html`<tr>
                <td>${condition.aspect}</td>
                <td>${condition.paper}</td>
                <td>${condition.here}</td>
                <td class="quiet">${condition.source}</td>
              </tr>`,
          )}
        </tbody>
        <caption>
          Absolute figures cannot agree under such conditions; shapes and ratios may.
        </caption>
      </table>
    </div>`;
}

function verdictTable(verdicts: readonly VerdictRow[]): Markup {
  return html`<h3>The paper’s hypotheses</h3>
    <div class="scroll" tabindex="0">
      <table class="paper-verdicts">
        <thead>
          <tr>
            <th>hypothesis</th>
            <th>paper</th>
            <th>this run</th>
          </tr>
        </thead>
        <tbody>
          ${verdicts.map(
            ({ id, claim, paper, basis, source, ours }) =>
              html`<tr>
                <td>${claim}<small>${id}, ${source}</small></td>
                <td>${paper}<small>${basis}</small></td>
                <td>
                  ${ours.length === 0 ? `${notMeasured}: not declared, or not judged` : nothing}
                  ${ours.map((words) => html`<p>${words}</p>`)}
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}

function paperTable(table: PaperTable): Markup {
  return html`<h3>${table.title}</h3>
    ${table.findings.map((finding) => html`<p>Paper: ${finding}.</p>`)}
    ${isEmpty(table) ? html`<p>${emptiness(table)}</p>` : table.layout === 'grid' ? grid(table) : list(table)}`;
}

/** Not one figure: said in a line, not in a table of dashes. */
function isEmpty({ layout, rows }: PaperTable): boolean {
  return layout === 'grid' && rows.every((row) => row.measured === null);
}

function emptiness({ rows }: PaperTable): string {
  return `${notMeasured}: none of the paper’s ${rows.length} points was among the valid trials.`;
}

function list({ item, rows, method }: PaperTable): Markup {
  return html`<div class="scroll" tabindex="0">
    <table class="paper" data-item="${item}">
      <thead>
        <tr>
          <th>what</th>
          <th class="number">paper</th>
          <th class="number">measured</th>
          <th class="number">n</th>
          <th class="number">measured / paper</th>
          <th>remark</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(listRow)}
      </tbody>
      <caption>
        ${method}
      </caption>
    </table>
  </div>`;
}

function listRow(row: PaperRow): Markup {
  return html`<tr>
    <td>${rowLabel(row)}<small>${row.source}</small></td>
    <td class="number">${withUnit(row.reported, row.unit)}</td>
    ${figureCell(row)}
    <td class="number">${row.n}</td>
    <td class="number">${measured(row.ratio)}</td>
    <td>${row.remark}</td>
  </tr>`;
}

/** `ram, 1→3 replicas, reduction of throughput`. */
export function rowLabel(row: PaperRow): string {
  return [
    ...(row.store === null ? [] : [row.store]),
    ...(row.replicas === null ? [] : [`${row.replicas} ${row.replicas === '1' ? 'replica' : 'replicas'}`]),
    ...(row.clients === null ? [] : [`${row.clients} ${row.clients === 1 ? 'client' : 'clients'}`]),
    ...(row.insertsPerMinute === null ? [] : [`${row.insertsPerMinute} inserts/min`]),
    row.quantity,
  ].join(', ');
}

export function withUnit(value: number | null, unit: string): string {
  if (value === null) return noValue;
  return unit === '' || unit === 'disk / ram' ? measured(value) : `${measured(value)} ${unit}`;
}

function figureCell({ measured: estimate, unit }: PaperRow): Markup {
  if (estimate === null) return html`<td class="number">${noValue}</td>`;
  const range = interval(estimate.ciLow, estimate.ciHigh);
  return html`<td class="number">
    ${withUnit(estimate.mean, unit)}${range === '' ? nothing : html`<small>${range}</small>`}
  </td>`;
}

/** Rows of which nothing was measured are named beneath; a column of the paper stays, so that the gap is seen. */
function grid({ item, rows, method }: PaperTable): Markup {
  const down = unique(rows.map(({ replicas }) => replicas ?? ''));
  const across = unique(rows.map(gridColumn));
  const inRow = (name: string) => rows.filter(({ replicas }) => replicas === name);
  const empty = down.filter((name) => inRow(name).every((row) => row.measured === null));
  return html`<div class="scroll" tabindex="0">
    <table class="paper" data-item="${item}">
      <thead>
        <tr>
          <th>${rows[0]?.insertsPerMinute === null ? 'replicas' : 'instances'}</th>
          ${across.map((name) => html`<th class="number">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${down
          .filter((name) => !empty.includes(name))
          .map(
            (name) =>
              html`<tr>
                <td>${name}</td>
                ${inRow(name).map((row) => figureCell({ ...row, unit: '' }))}
              </tr>`,
          )}
      </tbody>
      <caption>
        ${method} A dash: ${notMeasured}.${empty.length === 0 ? '' : ` Nor was ${empty.join(', ')}.`}
      </caption>
    </table>
  </div>`;
}

function gridColumn({ clients, insertsPerMinute }: PaperRow): string {
  return insertsPerMinute === null
    ? `${clients ?? ''} ${clients === 1 ? 'client' : 'clients'}`
    : `${insertsPerMinute} inserts/min`;
}

function unique(values: readonly string[]): readonly string[] {
  return [...new Set(values)];
}
