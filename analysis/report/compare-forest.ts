/** The ratios of a comparison with their intervals on one logarithmic axis: drawn as SVG, because nothing moves. */
import type { ComparisonRow } from '../compare/comparison-report.ts';
import { html, nothing, type Markup } from './html.ts';

const rowHeight = 22;
const width = 1000;
const labelWidth = 470;
const margin = { top: 8, bottom: 34, right: 24 };
const mostRows = 60;

/** Rows with an interval, the first sixty; the table below has all of them. */
export function forestFigure(rows: readonly ComparisonRow[]): Markup {
  const shown = rows.filter(({ ciLow, ciHigh }) => ciLow !== null && ciHigh !== null).slice(0, mostRows);
  if (shown.length === 0) return nothing;
  const limit = Math.max(1.1, ...shown.map(({ ciLow, ciHigh }) => Math.max(1 / (ciLow ?? 1), ciHigh ?? 1)));
  const reach = Math.log(Math.min(limit, 100));
  const x = (ratio: number) =>
    labelWidth + ((Math.log(ratio) + reach) / (2 * reach)) * (width - labelWidth - margin.right);
  const bottom = margin.top + shown.length * rowHeight;
  return html`<figure>
    <svg
      viewBox="0 0 ${width} ${bottom + margin.bottom}"
      role="img"
      aria-label="Ratios B / A with their 95 % intervals; the same numbers are in the table below"
      style="width:100%;height:auto;font-size:13px"
    >
      <rect
        x="${x(1 / 1.05)}"
        y="${margin.top}"
        width="${x(1.05) - x(1 / 1.05)}"
        height="${bottom - margin.top}"
        fill="currentColor"
        opacity="0.08"
      />
      <line x1="${x(1)}" x2="${x(1)}" y1="${margin.top}" y2="${bottom}" stroke="currentColor" opacity="0.5" />
      ${shown.map((row, index) => forestRow(row, margin.top + (index + 0.5) * rowHeight, x))}
      ${ticksWithin(Math.exp(reach)).map(
        (tick) =>
          html`<text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle" fill="currentColor"
            >${tick}</text
          >`,
      )}
    </svg>
    <figcaption>
      B / A with 95 % intervals, logarithmic; the band is ±5 %. Of throughput more is better, of latency less.
    </figcaption>
  </figure>`;
}

function forestRow(row: ComparisonRow, y: number, x: (ratio: number) => number): Markup {
  const { ratio, ciLow, ciHigh, cellLabel, metric } = row;
  const label = `${cellLabel}, ${metric}`;
  const short = label.length > 66 ? `…${label.slice(-65)}` : label;
  const paint = `var(--${row.isRegression || row.verdict === 'slower' ? 'bad' : row.verdict === 'inconclusive' ? 'unknown' : 'good'})`;
  return html`<text x="${labelWidth - 12}" y="${y + 4}" text-anchor="end" fill="currentColor">${short}</text>
    <line
      x1="${x(ciLow ?? 1)}"
      x2="${x(ciHigh ?? 1)}"
      y1="${y}"
      y2="${y}"
      stroke="${paint}"
      stroke-width="2"
    />
    <circle cx="${x(ratio ?? 1)}" cy="${y}" r="4" fill="${paint}" />`;
}

/** A few round ratios, symmetric around 1. */
function ticksWithin(limit: number): readonly number[] {
  const above = [1.05, 1.1, 1.2, 1.5, 2, 5, 10, 100].filter((tick) => tick <= limit);
  const kept = above.length > 3 ? above.filter((_, index) => index % 2 === above.length % 2) : above;
  return [...kept.map((tick) => Number((1 / tick).toFixed(2))).reverse(), 1, ...kept];
}
