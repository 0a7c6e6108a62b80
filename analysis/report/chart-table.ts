/** The numbers of a chart as a table, for those who cannot see it or want to quote it. */
import type { BoxesChart, CategoryChart, Chart, PercentilesChart, TimeChart } from './chart.ts';
import { html, nothing, type Markup } from './html.ts';
import { interval, measured } from './numbers.ts';

export function chartTable(chart: Chart): Markup {
  const table = tableOf(chart);
  return table === nothing
    ? nothing
    : html`<details>
        <summary>the numbers of this chart</summary>
        <div class="scroll" tabindex="0">${table}</div>
      </details>`;
}

function tableOf(chart: Chart): Markup {
  switch (chart.kind) {
    case 'lines':
    case 'bars':
      return categoryTable(chart);
    case 'points':
      return nothing; // The list of trials is the table, and stands beside it.
    case 'boxes':
      return boxTable(chart);
    case 'percentiles':
      return percentileTable(chart);
    case 'scatter':
    case 'curves':
      return timeTable(chart);
  }
}

/** Series down, x across. */
function categoryTable({ xTitle, xLabels, series, yTitle }: CategoryChart): Markup {
  const rows = series.map(({ name, points }) =>
    row(
      name,
      xLabels.map((_, x) => valueCell(points.find((point) => point.x === x))),
    ),
  );
  return table(yTitle, [xTitle, ...xLabels], rows);
}

function valueCell(
  value: { readonly y: number; readonly low: number | null; readonly high: number | null } | undefined,
) {
  const range = value === undefined ? '' : interval(value.low, value.high);
  return html`<td class="number">
    ${measured(value?.y ?? null)}${range === '' ? nothing : html`<small>${range}</small>`}
  </td>`;
}

const boxColumns = ['min', 'q1', 'median', 'q3', 'max', 'mean'] as const;

function boxTable({ xTitle, yTitle, xLabels, series }: BoxesChart): Markup {
  const rows = series.flatMap(({ name, boxes }) =>
    boxes.map((box) =>
      row(
        [name, xLabels[box.x] ?? ''].filter((text) => text !== '').join(', '),
        boxColumns.map((column) => html`<td class="number">${measured(box[column])}</td>`),
      ),
    ),
  );
  return table(yTitle, [xTitle, ...boxColumns], rows);
}

function percentileTable({ yTitle, series }: PercentilesChart): Markup {
  const probabilities = [
    ...new Set(series.flatMap(({ points }) => points.map(({ probability }) => probability))),
  ];
  const ascending = probabilities.sort((a, b) => a - b);
  const rows = series.map(({ name, points }) =>
    row(
      name,
      ascending.map((wanted) => valueCell(points.find(({ probability }) => probability === wanted))),
    ),
  );
  return table(yTitle, ['percentile', ...ascending.map(percentileName)], rows);
}

/** `p99.9` */
export function percentileName(probability: number): string {
  return `p${Number((probability * 100).toPrecision(10))}`;
}

function timeTable({ facts, marks, xTitle }: TimeChart): Markup {
  return html`<table>
    <tbody>
      ${facts.map(([name, value]) => row(name, [html`<td>${value}</td>`]))}
      ${marks.map(({ x, kind, text }) => row(`${kind} at ${measured(x)} (${xTitle})`, [html`<td>${text}</td>`]))}
    </tbody>
  </table>`;
}

function table(caption: string, [first = '', ...others]: readonly string[], rows: readonly Markup[]): Markup {
  return html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        <th scope="col">${first}</th>
        ${others.map((name) => html`<th scope="col" class="number">${name}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function row(name: string, cells: readonly Markup[]): Markup {
  return html`<tr>
    <th scope="row">${name}</th>
    ${cells}
  </tr>`;
}
